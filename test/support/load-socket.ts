/** What a WebSocket of the dinghy app has been sent. */
export interface SocketReport {
  /** The server closed it as agreed, and no message in between was lost. */
  readonly completed: boolean;
  readonly messages: number;
  readonly versions: readonly string[];
}

/** A WebSocket of `seconds`; `opened` resolves with the first message. */
export interface OpenSocket {
  readonly opened: Promise<void>;
  readonly ended: Promise<SocketReport>;
}

/** Opens a WebSocket at the origin of a site; the path is any. */
export function openSocket(origin: string, seconds: number): OpenSocket {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket?seconds=${seconds}`);
  const sent: { readonly version: string; readonly number: number }[] = [];
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', () => {
      resolve();
    });
    socket.addEventListener('close', () => {
      reject(new Error('closed before its first message'));
    });
  });
  opened.catch(() => undefined);
  socket.addEventListener('message', ({ data }) => {
    sent.push(JSON.parse(String(data)) as (typeof sent)[number]);
  });
  const ended = new Promise<SocketReport>((resolve) => {
    socket.addEventListener('close', ({ code }) => {
      const gapless = sent.every(({ number }, at) => number === at);
      resolve({
        completed: code === 1000 && gapless && sent.length === seconds * 4,
        messages: sent.length,
        versions: [...new Set(sent.map(({ version }) => version))],
      });
    });
  });
  return { opened, ended };
}
