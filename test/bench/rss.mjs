/** Preloaded into measured processes: leaves peak memory (MB), CPU seconds and those to the first batch behind in a file. */
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.once('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    const [first] = performance.getEntriesByName('attrstream: first batch')
    const usage = {
      peakMb: maxRSS / 1024,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      firstBatchSeconds: first && first.startTime / 1000, // since the process began
    }
    writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage))
  })
}
