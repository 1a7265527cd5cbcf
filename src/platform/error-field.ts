/** A text field such as `code` of whatever was thrown, '' when it has none. Errors of another realm count too. */
export function errorField(thrown: unknown, name: string): string {
  if (typeof thrown !== 'object' || thrown === null) return '';
  const value = (thrown as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}
