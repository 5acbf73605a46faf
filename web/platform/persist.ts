/** Whether the browser promises not to clear what the page has stored when it needs room. */

/** `unknown`: this browser does not say. */
export type Persistence = 'promised' | 'not-promised' | 'unknown'

/** `navigator.storage`, which not every browser has whole. */
export type PersistentStorage = Partial<Pick<StorageManager, 'persist' | 'persisted'>>

export async function persistence(storage: PersistentStorage | undefined): Promise<Persistence> {
  return said(storage?.persisted?.())
}

/** Asks for the promise; some browsers ask the person, others decide by themselves. */
export async function askToPersist(storage: PersistentStorage | undefined): Promise<Persistence> {
  return said(storage?.persist?.())
}

async function said(answer: Promise<boolean> | undefined): Promise<Persistence> {
  if (answer === undefined) return 'unknown'
  return answer.then((isPromised) => (isPromised ? 'promised' : 'not-promised'), () => 'unknown')
}
