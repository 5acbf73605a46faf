import { Bug } from './errors.ts'

/** An element that is known to be there. */
export function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new Bug(`nothing at ${index}`)
  return value
}
