import { ReportTrouble } from './report-trouble';

const longestLine = 32 * 1024 * 1024;

/** The lines of a stream, without the empty ones. */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new ReportTrouble('a line of it never ends');
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (bytes === 0) throw new ReportTrouble('it is empty');
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
