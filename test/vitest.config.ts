import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

/** The short tests, by `npm test`. Those of `slow` have configurations of their own. */
// oxlint-disable-next-line import/no-default-export -- vitest looks for one
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    dir: 'test',
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/slow/**'],
    globalSetup: 'test/support/build.ts',
    maxWorkers: availableParallelism(), // Vitest's own default leaves one core of two idle
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
