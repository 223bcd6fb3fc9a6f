import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const exclude = [...configDefaults.exclude, '**/slow/**']
/** Files of what belongs to a whole process: its memory, and environment that modules read as they are loaded. */
const ALONE = [
  '**/kernels/heap.test.ts',
  '**/io/remote.test.ts',
  '**/numpy/damage.test.ts',
  '**/parquet/hostile.test.ts',
]

/** The short tests, by `npm test`. Those of `slow` have configurations of their own. */
// oxlint-disable-next-line import/no-default-export -- vitest looks for one
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    dir: 'test',
    globalSetup: 'test/support/build.ts',
    maxWorkers: availableParallelism(), // Vitest's own default leaves one core of two idle
    testTimeout: 300_000, // of a test that hangs, on a machine however busy
    hookTimeout: 300_000,
    projects: [
      // What a file loads and compiles serves the next: a tenth of all the time.
      {
        extends: true,
        test: {
          name: 'together',
          isolate: false,
          include: ['**/*.test.ts'],
          exclude: [...exclude, ...ALONE],
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, exclude } },
    ],
  },
})
