/** What of a window tells when something is drawn. */
export interface Drawing {
  readonly document: { readonly hidden: boolean }
  requestAnimationFrame(act: () => void): number
  cancelAnimationFrame(id: number): void
  setTimeout(act: () => void, ms: number): number
  clearTimeout(id: number): void
}

/** A window that is covered draws nothing and may not know it. */
const NO_FRAME_WITHIN_MS = 100

/**
 * Acts once, when the next frame has been drawn: what it changes is then drawn by the frame after that, in a task of its own. Where
 * nothing is drawn it does not wait.
 */
export function afterFrame(drawing: Drawing, act: () => void): void {
  if (drawing.document.hidden) {
    act()
    return
  }
  const frame = drawing.requestAnimationFrame(() => {
    drawing.clearTimeout(timer)
    drawing.setTimeout(act, 0)
  })
  const timer = drawing.setTimeout(() => {
    drawing.cancelAnimationFrame(frame)
    act()
  }, NO_FRAME_WITHIN_MS)
}
