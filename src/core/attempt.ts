import { DataError } from './errors.js'

/** What a part gives, or the DataError that it throws. */
export async function catchDataError<T>(part: () => Promise<T>): Promise<T | DataError> {
  try {
    return await part()
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
}
