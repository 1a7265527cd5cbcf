/** A variable of the step's `env`; undefined when it is not set, or empty. */
export function stepVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}
