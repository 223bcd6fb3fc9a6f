import type { Field } from 'apache-arrow/fb/field'
import { DataError } from '../../core/errors.js'
import { readMetadata } from './metadata.js'
import type { Shape } from './shape.js'

/**
 * A fixed_size_list that its field declares as `arrow.fixed_shape_tensor` with its shape in place of its length; any
 * other field as it is. A tensor whose dimensions are permuted is of kind `other`: reading it as stored would swap axes.
 */
export function readTensor(field: Field, shape: Shape): Shape {
  const { reading } = shape
  const level = reading.kind === 'numbers' ? reading.levels[0] : undefined
  if (reading.kind !== 'numbers' || level?.kind !== 'fixed') return shape
  const metadata = readMetadata(field)
  if (metadata.get('ARROW:extension:name') !== 'arrow.fixed_shape_tensor') return shape
  const said = metadata.get('ARROW:extension:metadata') ?? ''
  const tensor = parse(said)
  if (tensor === undefined || tensor.shape.reduce((product, n) => product * n, 1) !== level.size) {
    throw new DataError(
      'damaged',
      `the fixed_shape_tensor of ${field.name()} declares ${said.slice(0, 80)}, expected a shape of ${level.size} values; write the file again`,
    )
  }
  const declared = `fixed_shape_tensor<${reading.element}>[${tensor.shape.join(', ')}]`
  if (tensor.permutation.some((axis, i) => axis !== i)) {
    return {
      ...shape,
      declared: `${declared} permuted [${tensor.permutation.join(', ')}]`,
      reading: { kind: 'other' },
    }
  }
  const levels = [{ ...level, shape: tensor.shape }, ...reading.levels.slice(1)]
  return { ...shape, declared, reading: { ...reading, levels } }
}

function parse(json: string): { shape: readonly number[]; permutation: readonly number[] } | undefined {
  try {
    const { shape, permutation = [] } = JSON.parse(json) as { shape?: unknown; permutation?: unknown }
    return isLengths(shape) && shape.length > 0 && isLengths(permutation) ? { shape, permutation } : undefined
  } catch {
    return undefined
  }
}

function isLengths(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && (n as number) >= 0)
}
