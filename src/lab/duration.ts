// `60s`, `500ms`, `2m` ↔ seconds: wherever a person says for how long.

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** The source of a regular expression for a duration, without groups. */
export const DURATION = `\\d+(?:\\.\\d+)?(?:${Object.keys(UNITS).join('|')})`;

/** What a duration looks like, for messages. */
export const DURATION_EXAMPLES = '500ms, 60s or 2m';

const PATTERN = /^(\d+(?:\.\d+)?)([a-zµμ]+)$/;

/** Seconds; `undefined` for what is no number with a unit of us, ms, s, m or h. */
export const parseDuration = (text: string): number | undefined => {
  const match = PATTERN.exec(text);
  const unit = match && Object.hasOwn(UNITS, match[2]) ? UNITS[match[2]] : undefined;
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
};
