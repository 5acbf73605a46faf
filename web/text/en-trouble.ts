/** What the page says in English when something cannot be done. */

export const capabilities = {
  'insecure-context': {
    sentence: 'This address is not secure, so the browser withholds encryption from it.',
    next: 'Open the page with https://, or at http://localhost on this machine.',
  },
  'no-webcrypto': {
    sentence: 'This browser has no built-in encryption that can be relied on.',
    next: 'Update the browser, or open the page in a recent Chrome, Edge, Firefox or Safari.',
  },
  'no-storage': {
    sentence: 'This browser does not let the page keep anything, so a wallet would be lost.',
    next: 'Leave private browsing, or allow site data for this page, then reload.',
  },
  'no-webrtc': {
    sentence: 'This browser cannot connect directly to other devices.',
    next: 'Turn WebRTC on in the browser’s settings, or use another browser.',
  },
  'no-worker': {
    sentence: 'This browser does not allow the separate process that guards the keys.',
    next: 'Update the browser, or use a recent Chrome, Edge, Firefox or Safari.',
  },
  'no-wasm': {
    sentence: 'This browser does not allow WebAssembly, which protects your passphrase.',
    next: 'Allow WebAssembly in the browser’s settings, or use another browser.',
  },
  'bad-config': {
    sentence: 'This page does not say rightly where its introduction server is.',
    next: 'Tell whoever runs it to correct its config.json.',
  },
}

export const errors = {
  E_PASSPHRASE: { sentence: 'Wrong passphrase.', safe: 'Nothing changed.', next: 'Check upper and lower case and try again.' },
  E_DAMAGED: {
    sentence: 'This device’s part is damaged and cannot be read.', safe: 'The other devices keep theirs.',
    next: 'Sign with the other devices, and do not delete anything here.',
  },
  E_STORAGE: {
    sentence: 'The browser could not store this device’s part.', safe: 'Nothing half-made was kept.',
    next: 'Free some space or allow site data for this page, then try again.',
  },
  E_LOCKED: { sentence: 'This device is locked.', safe: 'Nothing changed.', next: 'Unlock it and try again.' },
  E_EXPIRED_LINK: { sentence: 'This link has expired or was already used.', safe: 'Nothing changed.', next: 'Ask for a new link.' },
  E_EXPIRED: { sentence: 'This took too long and has expired.', safe: 'Nothing was made or signed.', next: 'Start again.' },
  E_TRANSPORT: {
    sentence: 'The introduction server cannot be reached.', safe: 'Nothing was sent.', next: 'Check the network and try again.',
  },
  E_TIMEOUT: {
    sentence: 'Another device stopped answering.', safe: 'Nothing was made or signed.',
    next: 'Check that it is open and online, then try again.',
  },
  loading: {
    sentence: 'A part of this page could not be loaded.', safe: 'Your wallets are unchanged.', next: 'Check the network and reload the page.',
  },
  E_BUSY: { sentence: 'Another device is busy with something else.', safe: 'Nothing changed.', next: 'Wait a moment and try again.' },
  E_VERSION: {
    sentence: 'The devices run different versions of this page.', safe: 'Nothing changed.',
    next: 'Reload the page on every device and try again.',
  },
  E_UNAUTHORIZED: {
    sentence: 'The introduction server refused this device.', safe: 'Nothing changed.', next: 'Reload the page and try again.',
  },
  E_INTERCEPTED: {
    sentence: 'The introduction server tried to stand between you and another device. The connection was refused.', safe: 'Nothing was made or signed.',
    next: 'Do not use this server. Tell whoever runs it, and start again with another one.',
  },
  E_QUORUM: {
    sentence: 'Too few of the devices that are here hold a part of this wallet.', safe: 'Nothing changed.',
    next: 'Let in another one that does, or one that was restored from its backup.',
  },
  E_INPUT: { sentence: 'This cannot be used as it is.', safe: 'Nothing was sent.', next: 'Correct it and try again.' },
  other: { sentence: 'Something in this page went wrong.', safe: 'Your wallets are unchanged.', next: 'Reload the page and try again.' },
}
