/** The work, or the reason of the cancel as soon as there is one; the work itself goes on, and how it ends nobody hears. */
export function untilCancelled<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  const cancelled = new Promise<never>((_resolve, reject) => {
    const cancel = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
  return Promise.race([work, cancelled]);
}
