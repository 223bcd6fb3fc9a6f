import { dirname, resolve } from 'node:path'
import type { Plan } from './plan.js'

/** The folder that a plan's names are relative to: the one given, else where the plan says, seen from its own place. */
export function rootOf(planFile: string, plan: Plan, root: string | undefined): string {
  return root ?? resolve(dirname(planFile), plan.root)
}
