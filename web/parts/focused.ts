/** An attachment: takes the focus to what has just come in the place of something that had it. */
export function focused(element: HTMLElement): void {
  element.focus({ preventScroll: true })
}

/**
 * To be called just before what is in the main part of the page is replaced: the focus goes there if it is in it. Otherwise it would
 * be lost with what has it, and the browser would lay out the half-changed page to see whether it is.
 */
export function keepFocus(): void {
  const main = document.activeElement?.closest('main')
  main?.focus({ preventScroll: true })
}
