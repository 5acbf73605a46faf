import type * as en from './en-recovery.ts'

/** 恢复页面：简体中文。 */

export const recovery: typeof en.recovery = {
  language: '语言', title: '恢复钱包的密钥',
  about: '供设备再也无法签名的那一天使用。此页面用足够多设备的备份文件还原出钱包的私钥。',
  warning: '请先阅读',
  warnings: [
    '完成之后，每个密钥都集中在一处：就在这个屏幕上。看到它的人就拥有钱包里的一切，不再需要任何人批准。',
    '请在一台离线且可信的电脑上操作：保存此文件，断开网络，从磁盘打开。它本身不使用网络。',
    '然后把所有资产转移到新的钱包。旧钱包不会再变得安全。',
    '如果仍有足够多的设备能用，请不要这样做：让它们转移资产。',
  ],
  online: '此页面是通过网络打开的。请先保存，断开网络，再打开保存的文件。',
  files: '1. 选择备份文件', filesAbout: '每台设备一份，都要是钱包设备最后一次变更之后的。', choose: '备份文件',
  passphrases: '2. 用各自的口令打开', passphrase: (file) => `${file} 的口令`,
  open: '打开', opening: '正在打开…有意设计为需要几秒钟。',
  standing: '正在打开…此浏览器只能在页面内进行，页面会停顿几秒钟。',
  remove: '移除', opened: (wallet, device) => `已打开：“${wallet}”，来自 ${device}`,
  first: '还没有打开任何文件。',
  missing: (n, names) => `还缺少此钱包另外 ${n} 台设备的备份。以下设备的都可以：${names}。`,
  enough: '已经足够。',
  troubles: {
    passphrase: '口令错误。没有任何改变，请重试。', empty: '请输入此文件的口令。',
    damaged: '此文件已损坏，或者不是 Trivet 的备份。请从保存的地方重新复制。',
    version: '此文件由更新版本的 Trivet 生成。请使用那个版本的恢复页面。',
    wallet: '这是另一个钱包的备份，与最先打开的不同。',
    earlier: '此备份早于钱包设备的一次变更，而最先打开的晚于该变更。只有同一状态的文件才能一起使用。',
    later: '此备份晚于钱包设备的一次变更，而最先打开的早于该变更。只有同一状态的文件才能一起使用。',
    twice: '这台设备的备份已经打开。需要另一台设备的备份。',
    contradicts: '此文件对同一个钱包的说法与最先打开的不同。其中之一是伪造的。',
    failed: '此文件在这里无法打开。请换一个浏览器，或使用命令：trivet recover。',
    sum: '各部分合起来不是钱包的密钥。不显示任何密钥。',
  },
  keys: '3. 密钥', keysAbout: '现在不应有人看到你的屏幕。', show: '显示密钥', hide: '隐藏密钥',
  compare: '使用密钥之前，请把地址与你所知的地址核对。',
  suites: { 1: '使用 secp256k1 的 ECDSA：以太坊及同类链、比特币 SegWit', 2: '使用 Ed25519：Solana 等', 3: '使用 secp256k1 的 BIP-340：比特币 Taproot' },
  forms: {
    'hex': '私钥，十六进制', 'wif': 'WIF 格式', 'xprv': 'xprv 格式（此密钥是根：深度 0）', 'wif-testnet': 'WIF 格式，测试网', 'tprv': 'tprv 格式，测试网',
    'scalar': '标量，十六进制，小端序',
  },
  publicKey: '公钥', testnet: '测试网',
  scalarAbout: '这是标量，不是种子：大多数钱包无法导入。接受裸标量的软件可以用它签名。',
  childAbout: '由它派生的密钥遵循 Trivet 自己的规则：请在下面逐个给出路径。',
  path: '派生密钥的路径，例如 m/0/1', addPath: '添加', badPath: '此路径没有密钥。请写成 m/0/1 的形式，不含硬化步骤。',
}
