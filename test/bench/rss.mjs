/** Preloaded into measured processes: leaves peak memory (MB) and CPU seconds behind in a file. */
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.once('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    const usage = { peakMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }
    writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage))
  })
}
