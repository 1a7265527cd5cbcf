import { includeRequest } from '../../support/include-request';
import { ProxyStand, type Front } from './proxy-stand';

const prefixes = { adopted: '', blue: 'shop-production-blue-', green: 'shop-production-green-' };

/** The services of shop that a proxy sends requests to: `/` and `/events/…`. */
export const markedServices = ['web', 'event-stream'];

/** What the proxy is told of shop in production. @param dir the folder of the include as it sees it */
export const markedRequest = (dir: string): ReturnType<typeof includeRequest> =>
  includeRequest({ web: 8000, 'event-stream': 8000 }, { dir });

/** How one kind of proxy is set up: its image, its files, and where on the stand the markers lie. */
export interface MarkedProxy {
  readonly name: string;
  readonly front: Front;
  readonly files: Readonly<Record<string, string>>;
  readonly markers: string;
  /** Milliseconds that it may take to forget an address. */
  readonly forgetMs: number;
}

/** A real proxy with our include, and a server behind each name in every slot. */
export class MarkedStand {
  private constructor(
    readonly proxy: ProxyStand,
    /** Folder of the markers on the proxy's stand. */
    readonly markers: string,
    /** How long the proxy may still know the address that a name had before, in milliseconds. */
    readonly forgetMs: number,
  ) {}

  static async start(marked: MarkedProxy): Promise<MarkedStand> {
    const { name, front, files, markers, forgetMs } = marked;
    const names = Object.values(prefixes).flatMap((prefix) =>
      markedServices.map((service) => prefix + service),
    );
    const stand = new MarkedStand(await ProxyStand.start(name, front, names), markers, forgetMs);
    for (const [path, text] of Object.entries(files)) await stand.proxy.write(path, text);
    for (const slot of Object.keys(prefixes)) await stand.describeSlot(slot);
    await stand.proxy.startFront();
    return stand;
  }

  /** Which markers are there from now on; all others are not. */
  async mark(...present: readonly string[]): Promise<void> {
    for (const name of ['managed', 'green']) {
      const path = `${this.markers}/${name}`;
      await (present.includes(name) ? this.proxy.write(path, '') : this.proxy.remove(path));
    }
  }

  /** What the path of the confirmation answers for a slot. */
  describeSlot(slot: string): Promise<void> {
    return this.proxy.write(
      `${this.markers}/${slot}.json`,
      JSON.stringify({ slot, release: `1-${slot}` }),
    );
  }

  /** Whose server answers; rejects when none does. */
  async version(path = '/'): Promise<string> {
    const answer = await fetch(this.proxy.origin + path);
    return ((await answer.json()) as { version: string }).version;
  }

  /** Whose server answers on each route. */
  async served(): Promise<readonly string[]> {
    return [await this.version('/'), await this.version('/events/x')];
  }

  /** What `served` gives when a slot serves. */
  static ofSlot(slot: keyof typeof prefixes): readonly string[] {
    return markedServices.map((service) => prefixes[slot] + service);
  }
}
