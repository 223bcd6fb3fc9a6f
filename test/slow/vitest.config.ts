import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests that take long, by `npm run test:slow`: many runs, kills, limits of memory, whole documents. */
// oxlint-disable-next-line import/no-default-export -- vitest looks for one
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    dir: 'test/slow',
    include: ['**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
