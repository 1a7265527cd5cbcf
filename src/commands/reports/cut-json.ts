import { messageOf } from '../../errors';
import { ReportTrouble } from './report-trouble';
import { list } from './values';

/** Which entries are cut out of a document while it is read. */
export interface Cut {
  /** How many brackets are around an entry: 4 for `{"Results":[{"Secrets":[…`. */
  readonly depth: number;
  /** @param part key of the list that the entry is in; @param entry its value; @param number counted from 0 over the whole document */
  readonly take: (part: string, entry: unknown, number: number) => void;
}

const longestEntry = 32 * 1024 * 1024;
const longestRest = 64 * 1024 * 1024;
const deepest = 64;
const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d,
];

const wholeTexts = new TextDecoder();

/**
 * Reads one JSON document of any length. Objects in lists at one depth are cut out, parsed and handed over one by one, and
 * their numbers take their places; what is left is parsed as a whole and returned. So only strings and brackets are known
 * here, and all else is the engine's own parser's. Throws a ReportTrouble for what is empty, cut off, endless or no JSON.
 */
export async function cutJson(chunks: AsyncIterable<Uint8Array>, cut?: Cut): Promise<unknown> {
  const cutter = new Cutter(cut);
  for await (const chunk of chunks) cutter.write(chunk);
  return cutter.end();
}

class Cutter {
  /** Pieces, and what many of them were joined to. */
  private readonly rest: string[] = [];
  private readonly joined: string[] = [];
  private restLength = 0;
  private readonly decoder = new TextDecoder();
  private bytes: Uint8Array = new Uint8Array(0);
  /** Where reading goes on, and from where on nothing was handed on. */
  private at = 0;
  private kept = 0;
  /** End of what was read. */
  private filled = 0;
  /** Whether an entry is open: then `kept` is its beginning. */
  private inEntry = false;
  private readonly brackets: number[] = [];
  private part = '';
  private count = 0;
  private total = 0;

  constructor(private readonly cut: Cut | undefined) {}

  /** The chunk is copied: who reads may use its memory again. */
  write(chunk: Uint8Array): void {
    this.total += chunk.length;
    this.makeRoom(chunk.length);
    this.bytes.set(chunk, this.filled);
    this.filled += chunk.length;
    this.scan();
  }

  /** What is not handed on yet moves to the front; one buffer serves for the whole document. */
  private makeRoom(length: number): void {
    const left = this.filled - this.kept;
    if (left > longestEntry)
      throw new ReportTrouble(`one entry of it is longer than ${longestEntry / 1024 / 1024} MiB`);
    if (left + length > this.bytes.length) {
      const larger = new Uint8Array((left + length) * 2);
      larger.set(this.bytes.subarray(this.kept, this.filled));
      this.bytes = larger;
    } else this.bytes.copyWithin(0, this.kept, this.filled);
    this.at -= this.kept;
    this.filled = left;
    this.kept = 0;
  }

  end(): unknown {
    if (this.total === 0) throw new ReportTrouble('it is empty');
    this.keepRest(this.filled);
    if (this.inEntry || this.brackets.length > 0) throw new ReportTrouble('it is cut off');
    const whole = parse(this.joined.join('') + this.rest.join(''));
    if (this.cut !== undefined) refuseLost(whole, this.cut.depth, this.count);
    return whole;
  }

  private scan(): void {
    const { bytes, filled } = this;
    while (this.at < filled) {
      const byte = bytes[this.at];
      if (byte === quote) {
        const after = endOfString(bytes, this.at + 1, filled);
        // The string goes on in the next chunk, and is looked at again from its beginning.
        if (after === -1) break;
        this.name(after);
        this.at = after;
        continue;
      }
      if (byte === openBrace || byte === openBracket) this.open(byte);
      else if (byte === closeBrace || byte === closeBracket) this.close(byte);
      this.at += 1;
    }
    // Only whole texts are handed on, so that a character in two chunks is none in two parts.
    if (!this.inEntry) this.keepRest(this.at);
  }

  /** In a map that holds a list, the last string before the list is its key. */
  private name(after: number): void {
    if (this.cut === undefined || this.inEntry || this.brackets.length !== this.cut.depth - 1)
      return;
    const key = this.bytes.subarray(this.at + 1, Math.min(after - 1, this.at + 64));
    this.part = wholeTexts.decode(key);
  }

  private open(byte: number): void {
    const { brackets, cut } = this;
    const isEntry =
      byte === openBrace && brackets.length === cut?.depth && brackets.at(-1) === openBracket;
    if (isEntry) {
      this.keepRest(this.at);
      this.inEntry = true;
    }
    brackets.push(byte);
    if (brackets.length > deepest)
      throw new ReportTrouble(`it is nested deeper than ${deepest} levels`);
  }

  private close(byte: number): void {
    const opened = this.brackets.pop();
    if (opened !== (byte === closeBrace ? openBrace : openBracket))
      throw new ReportTrouble('it is no JSON: its brackets do not match');
    const { cut } = this;
    if (!this.inEntry || cut === undefined || this.brackets.length !== cut.depth) return;
    const entry = this.bytes.subarray(this.kept, this.at + 1);
    cut.take(this.part, parse(wholeTexts.decode(entry)), this.count);
    // With spaces around it, so that two entries without a comma stay wrong.
    this.rest.push(` ${this.count} `);
    this.count += 1;
    this.inEntry = false;
    this.kept = this.at + 1;
  }

  private keepRest(until: number): void {
    const piece = this.decoder.decode(this.bytes.subarray(this.kept, until), { stream: true });
    this.kept = until;
    this.rest.push(piece);
    if (this.rest.length > 4096) this.joined.push(this.rest.splice(0).join(''));
    this.restLength += piece.length;
    if (this.restLength > longestRest)
      throw new ReportTrouble(
        `what is around its entries is longer than ${longestRest / 1024 / 1024} MiB`,
      );
  }
}

/** The place behind the quote that ends a string; -1 = it is not here yet. */
function endOfString(bytes: Uint8Array, from: number, filled: number): number {
  let at = bytes.indexOf(quote, from);
  while (at !== -1 && at < filled) {
    let before = at - 1;
    while (before >= from && bytes[before] === backslash) before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
    at = bytes.indexOf(quote, at + 1);
  }
  return -1;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (thrown) {
    // The engine quotes the place, which may hold a secret.
    const why = messageOf(thrown).replace(/, ?(?:"|\.\.\.).*$/s, '');
    throw new ReportTrouble(`it is no JSON: ${why}`);
  }
}

/** A key that stands twice hides what the first one held: every entry must still have its place. */
function refuseLost(whole: unknown, depth: number, count: number): void {
  const seen = new Uint8Array(count);
  const walk = (value: unknown, level: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (level === depth - 1) for (const number of numbersIn(value)) seen[number] = 1;
    else for (const one of Object.values(value)) walk(one, level + 1);
  };
  walk(whole, 0);
  for (let number = 0; number < count; number += 1)
    if (seen[number] !== 1) throw new ReportTrouble('it has a key twice');
}

/** The numbers of the entries that a list holds. */
export function numbersIn(value: unknown): readonly number[] {
  return list(value).filter((one) => typeof one === 'number');
}
