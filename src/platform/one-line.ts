/** The first words of what a server said, on one line of plain letters: harmless in a log. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
