/** The commands that a refusal prints to be pasted on the server, in their order, each as one text. */
export function pasteable(log: string): readonly string[] {
  const begins = /^(?:mkdir -p|cd|docker compose) /;
  const blocks: string[] = [];
  let open = false;
  for (const line of log.split('\n').map((one) => one.replace(/^##\[error\]/, ''))) {
    if (open) blocks.push(`${blocks.pop() ?? ''}\n${line}`);
    else if (begins.test(line)) blocks.push(line);
    open = line.startsWith('mkdir -p') || (open && line !== 'END');
  }
  return blocks;
}
