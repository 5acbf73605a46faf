/** The text of one field of a form as the person left it; empty where the form has no such field, or it is disabled. */
export function textOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name)
  return typeof value === 'string' ? value : ''
}

/** As `textOf`, and the field is empty afterwards: for passphrases, which must not stay in the page. */
export function takeText(form: HTMLFormElement, name: string): string {
  const text = textOf(form, name)
  const input = form.elements.namedItem(name)
  if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) {
    input.value = ''
    // What is shown of its content, like its strength, goes as well.
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
  return text
}
