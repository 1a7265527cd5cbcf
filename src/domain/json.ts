/** A JSON text as a value; undefined when it is none, which no schema takes for a record. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
