/** An attachment: takes the focus to what has just come in the place of something that had it. */
export function focused(element: HTMLElement): void {
  element.focus({ preventScroll: true })
}
