import type { Problem } from '../problem';
import type { FreeRoom } from './free-room';

/** What the look found of the folders that the records can be in. */
export interface BaseFacts {
  readonly user: string;
  /** The one that is used; '' = there is none. */
  readonly base: string;
  /** Those that containers of this app and environment were made from. */
  readonly labelled: readonly string[];
  readonly bases: readonly string[];
  readonly writableBases: readonly string[];
  readonly blocked: readonly string[];
  readonly hidden: readonly string[];
  readonly rooms: readonly FreeRoom[];
}

/** S1, the folder of the records: one that is there, is ours, can be written, and has room. */
export function judgeBases(facts: BaseFacts): Problem[] {
  const { user, bases, writableBases, blocked, hidden } = facts;
  const [there] = bases;
  const lost = bases.length + writableBases.length + blocked.length + hidden.length === 0;
  return [
    ...(bases.length > 1 ? [twoBases(bases)] : []),
    ...blocked.map((path) => ({
      path,
      says: 'is not a folder, and a folder of this app belongs there',
      fix: 'move it away',
    })),
    ...hidden.map((path) => ({
      path,
      says: `cannot be read by ${user}, and records of this app may be in it`,
      fix: `deploy as its owner, or give it to this user: sudo chown -R ${user} ${path}`,
    })),
    ...(bases.length > 1 ? [] : strangers(facts)),
    ...(there !== undefined && !writableBases.includes(there) ? [readOnly(there, user)] : []),
    ...(lost ? [noBase(user)] : []),
    ...facts.rooms.filter(({ path }) => path === '/tmp' || path === facts.base).flatMap(judgeRoom),
  ];
}

function twoBases(bases: readonly string[]): Problem {
  return {
    path: bases.join(' and '),
    says: 'both hold records of this app and environment',
    fix: 'keep the one that is true, move the other away, and deploy as the same user each time',
  };
}

/** Containers that run from records which this user does not see: it would begin anew beside them. */
function strangers({ user, base, labelled }: BaseFacts): Problem[] {
  const others = labelled.filter((other) => other !== base);
  if (others.length === 0) return [];
  return [
    {
      path: others.join(' and '),
      says: `holds the records of the containers that run here, and ${user} would begin anew in ${base}`,
      fix: `deploy as the user who did before, or move that folder to ${base} and give it to ${user}`,
    },
  ];
}

function readOnly(path: string, user: string): Problem {
  return {
    path,
    says: `cannot be written by ${user}: it belongs to somebody else, or its file system is read-only`,
    fix: `deploy as its owner, or run on the server: sudo chown -R ${user} ${path}`,
  };
}

function noBase(user: string): Problem {
  return {
    path: '/var/lib/shiplock',
    says: `cannot be made by ${user}, and neither can ~/.shiplock`,
    fix: `run once on the server: sudo install -d -o ${user} /var/lib/shiplock`,
  };
}

const mebibyte = 1024 * 1024;
/** The records of a release, the keeper and its journal; twice a large compose file. */
const leastBytes = 20 * mebibyte;
const leastFiles = 100;

function judgeRoom({ path, bytes, inodes }: FreeRoom): Problem[] {
  const problems: Problem[] = [];
  if (bytes !== null && bytes < leastBytes) {
    const says = `its file system has only ${Math.floor(bytes / mebibyte)} MiB left`;
    problems.push({ path, says, fix: `make room: ${leastBytes / mebibyte} MiB are needed there` });
  }
  if (inodes !== null && inodes < leastFiles) {
    const says = `its file system can take only ${inodes} more files (no inodes are left)`;
    problems.push({ path, says, fix: `remove files there: ${leastFiles} are needed` });
  }
  return problems;
}
