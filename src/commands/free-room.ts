import type { FreeRoom } from '../domain/release/free-room';

/** `room PATH` says, in a section of that name, what is free where the path lies or would lie; needs the section helpers. */
export const roomHelper = `
room() {
  near=$1; while [ ! -d "$near" ]; do near=$(dirname "$near"); done
  kibibytes=$(df -Pk "$near" 2>/dev/null | awk 'NR==2 {print $4}')
  inodes=$(df -Pi "$near" 2>/dev/null | awk 'NR==2 && $2 > 0 {print $4}')
  say room "\${kibibytes:--} \${inodes:--} $1"
}
`;

/** Reads one section: `1048576 65000 /tmp`, where `-` = the file system does not say. */
export function readRoom(section: string): FreeRoom {
  const [, kibibytes = '-', inodes = '-', path = ''] = /^(\S+) (\S+) (.*)$/s.exec(section) ?? [];
  const free = figure(kibibytes);
  return { path, bytes: free === null ? null : free * 1024, inodes: figure(inodes) };
}

function figure(word: string): number | null {
  return /^\d+$/.test(word) ? Number(word) : null;
}
