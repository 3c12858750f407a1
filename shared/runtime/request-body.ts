import { Problem } from './errors.ts';
import type { RawBody } from './route.ts';

const JSON_MEDIA_TYPE = 'application/json';
const JSON_LIMIT_BYTES = 256 * 1024;

type Source = { body?: string | undefined; isBase64Encoded?: boolean; contentType: string | undefined };

/**
 * Reads the text of a body, whether the gateway has encoded it or not. Refuses another content type (its parameters,
 * such as charset, do not matter: JSON is UTF-8), more bytes than the limit, and bytes that are no UTF-8.
 */
export function readBody(
  source: Source,
  { mediaTypes, limitBytes }: { mediaTypes: readonly string[]; limitBytes: number } = {
    mediaTypes: [JSON_MEDIA_TYPE],
    limitBytes: JSON_LIMIT_BYTES,
  },
): RawBody {
  const mediaType = source.contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!mediaTypes.includes(mediaType)) {
    throw new Problem('unsupported_media_type', `Send the body as ${mediaTypes.join(' or ')}.`);
  }
  const bytes = Buffer.from(source.body ?? '', source.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > limitBytes) {
    throw new Problem('body_too_large', `A body has at most ${limitBytes} bytes.`);
  }
  return { text: decodeUtf8(bytes), mediaType, bytes: bytes.length };
}

/** Parses JSON; the refusal says no more than that, since a parser's words repeat what was sent. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('malformed_json', 'The body cannot be read as JSON.');
  }
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('malformed_json', 'The body is not in UTF-8.');
  }
}
