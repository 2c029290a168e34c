import { defineConfig } from 'vitest/config';

// Scenarios are long-running by nature; nothing is ever judged by host time, so the limit is only there to end a hang.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    maxWorkers: '100%', // two cores are two workers, not one
    reporters: ['default'],
  },
});
