import { imageSizeFormat, parseImageSize } from '../domain/images/image-size';
import { parseReference, type ImageReference } from '../domain/images/reference';
import type { Field, FieldOptions, Presence } from './field';
import { field, quoted, reading } from './make-field';

/** An image reference, in its full form. */
export function image<const Options extends FieldOptions = object>(
  description: string,
  options: Options = {} as Options,
): Field<Presence<ImageReference, Options>> {
  const read = (raw: string): ImageReference | undefined => parseReference(raw.trim());
  const schema = reading(read, (raw) => `${quoted(raw)} is no image reference`);
  const format = 'Write registry/repository@sha256:…, or registry/repository:tag.';
  return field({ kind: 'image', format, schema }, description, options);
}

/** A size in decimal units, read to bytes. */
export function size<const Options extends FieldOptions = object>(
  description: string,
  options: Options = {} as Options,
): Field<Presence<number, Options>> {
  const schema = reading(parseImageSize, (raw) => `${quoted(raw)} is no size`);
  return field({ kind: 'size', format: imageSizeFormat, schema }, description, options);
}
