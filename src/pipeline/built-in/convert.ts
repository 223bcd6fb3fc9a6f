import { identity } from '../../core/compose.js'
import { maps, pipeline } from '../define.js'

/** What `attrstream convert` runs: maps as they are, with their ground truth. */
export const convert = pipeline({
  description: 'maps of any form in the form that attrstream reads',
  shortest: 0,
  options: {
    keep: { describe: 'columns of the input that maps keep, e.g. label,score' },
    element: {
      describe: 'how values are stored',
      default: 'float32',
      choices: ['float32', 'float16', 'float64'],
    },
  },
  truth: () => 'found',
  outputs: ({ element, keep = '' }) => ({
    maps: maps(identity(), { element, keep: keep.split(',').flatMap(name => name.trim() || []) }),
  }),
})
