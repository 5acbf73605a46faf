import type { errors as english } from './en-trouble.ts'
import type { Text } from './en.ts'

/** What the page says in simplified Chinese when something cannot be done. */

export const capabilities: Text['capabilities'] = {
  'insecure-context': { sentence: '此地址不安全，浏览器因此不提供加密功能。', next: '请用 https:// 打开本页，或在本机用 http://localhost 打开。' },
  'no-webcrypto': { sentence: '此浏览器没有可靠的内置加密功能。', next: '请更新浏览器，或使用新版 Chrome、Edge、Firefox 或 Safari。' },
  'no-storage': { sentence: '此浏览器不允许页面保存数据，钱包会丢失。', next: '请退出无痕模式，或允许本页保存网站数据，然后重新加载。' },
  'no-webrtc': { sentence: '此浏览器无法直接连接其他设备。', next: '请在浏览器设置中启用 WebRTC，或换一个浏览器。' },
  'no-worker': { sentence: '此浏览器不允许运行保护密钥的独立进程。', next: '请更新浏览器，或使用新版 Chrome、Edge、Firefox 或 Safari。' },
  'no-wasm': { sentence: '此浏览器不允许 WebAssembly，而保护口令需要它。', next: '请在浏览器设置中允许 WebAssembly，或换一个浏览器。' },
  'bad-config': { sentence: '此页面没有正确写明介绍服务器的地址。', next: '请告知页面的管理者更正其 config.json。' },
}

export const errors: typeof english = {
  E_PASSPHRASE: { sentence: '口令错误。', safe: '没有任何变化。', next: '请检查大小写后重试。' },
  E_DAMAGED: { sentence: '本设备的部分已损坏，无法读取。', safe: '其他设备的部分完好。', next: '请用其他设备签名，不要删除这里的任何数据。' },
  E_STORAGE: { sentence: '浏览器无法保存本设备的部分。', safe: '没有留下半成品。', next: '请腾出空间或允许本页保存数据，然后重试。' },
  E_LOCKED: { sentence: '本设备已锁定。', safe: '没有任何变化。', next: '请解锁后重试。' },
  E_EXPIRED_LINK: { sentence: '此链接已过期或已被使用。', safe: '没有任何变化。', next: '请索取新的链接。' },
  E_EXPIRED: { sentence: '用时过长，已过期。', safe: '没有生成或签署任何内容。', next: '请重新开始。' },
  E_TRANSPORT: { sentence: '无法连接引荐服务器。', safe: '没有发送任何内容。', next: '请检查网络后重试。' },
  E_TIMEOUT: { sentence: '另一台设备停止了响应。', safe: '没有生成或签署任何内容。', next: '请确认它已打开并在线，然后重试。' },
  loading: { sentence: '此页面的一部分无法加载。', safe: '你的钱包没有变化。', next: '请检查网络并重新加载本页。' },
  E_BUSY: { sentence: '另一台设备正忙。', safe: '没有任何变化。', next: '请稍候再试。' },
  E_VERSION: { sentence: '各设备运行的页面版本不同。', safe: '没有任何变化。', next: '请在每台设备上重新加载本页后重试。' },
  E_UNAUTHORIZED: { sentence: '引荐服务器拒绝了本设备。', safe: '没有任何变化。', next: '请重新加载本页后重试。' },
  E_INTERCEPTED: {
    sentence: '引荐服务器试图介入你与另一台设备之间。连接已被拒绝。', safe: '没有生成或签署任何内容。',
    next: '请不要使用该服务器。请告知其运营者，并换用另一台服务器重新开始。',
  },
  E_QUORUM: { sentence: '到场的设备中持有此钱包部分的太少。', safe: '没有任何变化。', next: '请让另一台持有的设备加入，或让用备份恢复的设备加入。' },
  E_INPUT: { sentence: '此内容无法使用。', safe: '没有发送任何内容。', next: '请更正后重试。' },
  other: { sentence: '此页面出了问题。', safe: '你的钱包没有变化。', next: '请重新加载本页后重试。' },
}
