import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import type { Server } from '../server';

/** What two watchers of command lines saw, one inside the server and one on this machine. */
export interface SeenCommandLines {
  /** How often each looked at all processes. */
  readonly looks: { readonly server: number; readonly here: number };
  /** Command lines in which one of the needles stood. */
  readonly hits: readonly string[];
}

const everyMs = 10;

// Reads the needles from stdin, so that they stand on no command line itself, until stdin ends.
const watcher = `
$| = 1; my @needles; while (<STDIN>) { chomp; last if $_ eq ""; push @needles, $_ }
print "ready\\n"; my ($looks, %hits) = (0);
my $bits = ""; vec($bits, fileno(STDIN), 1) = 1;
until (select(my $ready = $bits, undef, undef, ${everyMs / 1000})) {
  $looks++;
  for my $file (glob "/proc/[0-9]*/cmdline") {
    open(my $in, "<", $file) or next; local $/; my $line = <$in> // ""; close $in;
    for (@needles) { $hits{$line} = 1 if index($line, $_) >= 0 }
  }
}
print "looks $looks\\n"; print "hit $_\\n" for keys %hits;
`;

/** Watches all command lines on both sides, a hundred times a second, until the returned function is called. */
export async function watchCommandLines(
  server: Server,
  needles: readonly string[],
): Promise<() => Promise<SeenCommandLines>> {
  const [inside, stopHere] = [await watchInside(server, needles), watchHere(needles)];
  return async () => {
    const [there, here] = [await inside(), await stopHere()];
    return {
      looks: { server: there.looks, here: here.looks },
      hits: [...there.hits, ...here.hits],
    };
  };
}

type Seen = { readonly looks: number; readonly hits: readonly string[] };

async function watchInside(
  server: Server,
  needles: readonly string[],
): Promise<() => Promise<Seen>> {
  const child = spawn('docker', ['exec', '-i', server.container, 'perl', '-e', watcher]);
  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready\n')) resolve();
    });
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdin.write(`${needles.join('\n')}\n\n`);
  await Promise.race([ready, ended]);
  return async () => {
    child.stdin.end();
    await ended;
    const lines = said.split('\n');
    const looks = Number(lines.find((line) => line.startsWith('looks '))?.slice(6) ?? 0);
    return { looks, hits: lines.filter((line) => line.startsWith('hit ')) };
  };
}

/** The same on this machine alone, its containers included. */
export function watchHere(needles: readonly string[]): () => Promise<Seen> {
  const hits = new Set<string>();
  let [looks, stopped] = [0, false];
  const look = async (): Promise<void> => {
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
    );
    looks += 1;
    for (const line of lines) if (needles.some((needle) => line.includes(needle))) hits.add(line);
  };
  const watching = (async () => {
    while (!stopped) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    return { looks, hits: [...hits] };
  };
}
