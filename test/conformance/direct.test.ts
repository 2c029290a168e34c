// What no guest can see from inside, on every engine.

import { describe, expect, test } from 'vitest';
import { DIRECT } from './direct.ts';
import { ENGINES } from './engines.ts';

describe.each(ENGINES)('%s', (engine) => {
  test.each(DIRECT)('$number: $what', ({ got, expected }) => expect(got(engine)).toEqual(expected));
});
