import type { AffectedPackage, Finding, Growing, Rule } from '../../domain/scan/finding';
import type { SpillFile } from '../../platform/spill-file';

type Detail = Pick<Finding, 'rule' | 'package' | 'mark' | 'nativeId'>;

/** So many stay in the memory as they are: no report that people act upon has more. */
const inMemory = 100_000;

/** Keeps findings until they are shown: from some number on, what they are is written down, and only what they count for stays. */
export function findingHolder(spill: SpillFile, most = inMemory): (finding: Growing) => Growing {
  let held = 0;
  const shelf = shelfOf(spill);
  return (finding) => {
    held += 1;
    return held > most ? new HeldFinding(finding, shelf) : finding;
  };
}

interface Shelf {
  put(detail: Detail): number;
  get(number: number): Detail;
}

/** Whoever looks at a finding asks for its words several times in a row. */
function shelfOf(spill: SpillFile): Shelf {
  const places: { readonly at: number; readonly bytes: number }[] = [];
  let last: { readonly number: number; readonly detail: Detail } | null = null;
  return {
    put: (detail) => places.push(spill.put(JSON.stringify(detail))) - 1,
    get: (number) => {
      const place = places[number];
      if (place === undefined) throw new Error('a finding that nobody put away');
      if (last?.number !== number)
        last = { number, detail: JSON.parse(spill.get(place.at, place.bytes)) as Detail };
      return last.detail;
    },
  };
}

/** A finding whose words lie in a file. */
class HeldFinding implements Growing {
  class: Finding['class'];
  severity: Finding['severity'];
  score: number | null;
  tool: string;
  target: string;
  line: number | null;
  secret: Finding['secret'];
  suppressed: string | null;
  private number: number;

  constructor(
    { class: of, severity, score, tool, target, line, secret, suppressed, ...detail }: Finding,
    private readonly shelf: Shelf,
  ) {
    this.class = of;
    this.severity = severity;
    this.score = score;
    this.tool = tool;
    this.target = target;
    this.line = line;
    this.secret = secret;
    this.suppressed = suppressed;
    this.number = shelf.put(detail);
  }

  get rule(): Rule {
    return this.shelf.get(this.number).rule;
  }

  get package(): AffectedPackage | null {
    return this.shelf.get(this.number).package;
  }

  set package(found: AffectedPackage | null) {
    this.number = this.shelf.put({ ...this.shelf.get(this.number), package: found });
  }

  get mark(): string {
    return this.shelf.get(this.number).mark;
  }

  get nativeId(): string {
    return this.shelf.get(this.number).nativeId;
  }
}
