import type { ExecOptions, ExecResult, Host } from '../../src/platform/host';

/** A stand-in for a host that answers every command alike, and keeps what it was asked. */
export interface RecordingHost extends Host {
  readonly calls: { readonly argv: readonly string[]; readonly options: ExecOptions | undefined }[];
}

export function recordingHost(answer: Partial<ExecResult> = {}): RecordingHost {
  const calls: RecordingHost['calls'] = [];
  return {
    name: 'deploy@shop.example.com',
    roundTrips: 0,
    calls,
    exec: (argv, options) => {
      calls.push({ argv, options });
      return Promise.resolve({ code: 0, stdout: '', stderr: '', ...answer });
    },
    openStream: () => Promise.reject(new Error('the recording host opens no streams')),
    close: () => Promise.resolve(),
  };
}
