import type * as en from './en-safety.ts'

/** 备份、恢复、解锁方式与锁定：简体中文。 */

export const backup: typeof en.backup = {
  title: '备份本设备', about: '一个文件，其中是本设备持有的钱包部分，用单独的口令加密。仅凭它无法签名。',
  checkTitle: '检查备份', checkAbout: '打开文件，与本设备持有的内容比对。不会改变任何东西。',
  steps: { make: '设置口令', save: '保存文件', prove: '读回验证' },
  passphrase: '备份的口令', passphraseAbout: '不要与本设备的口令相同。写在纸上，与文件分开保存。任何人都无法替你重置。',
  make: '生成备份文件', making: '正在加密…有意设计为需要几秒钟，让猜测口令变得缓慢。',
  saveAbout: '放在设备损坏或丢失时不会一起丢失的地方：U 盘、另一台电脑或网盘。',
  save: '保存文件', saveAgain: '再次保存', size: (bytes) => `${(bytes / 1024).toFixed(1)} kB`,
  proveAbout: '从你存放的地方选择该文件，再输入一次它的口令。只有能读回来的备份才算数。',
  provePassphrase: '该备份的口令', prove: '检查文件', proving: '正在打开文件…有意设计为需要几秒钟。',
  file: '备份文件', choose: '选择文件，或拖放到这里', chosen: '选择其他文件', later: '以后再说', laterAbout: '没有备份钱包也能用，但会提醒你。',
  done: '钱包已就绪', doneAbout: '本设备的备份可以打开，内容与本设备持有的一致。',
  checked: '此备份完好', others: '其他每台设备都需要各自的备份。', toWallet: '进入钱包', startOver: '换一个口令重新开始',
  none: '本设备没有经过验证的备份。', due: (days) => `本设备的备份上次检查是在 ${days} 天前。`, backUp: '备份', check: '检查',
  recoverySave: '保存恢复页面', recoveryAbout: '请把恢复页面与备份放在一起：万一只剩下备份，在离线的电脑上从磁盘打开它，可用足够多设备的备份还原出私钥。',
}

export const restore: typeof en.restore = {
  door: '从备份恢复', doorAbout: '你有备份文件和它的口令', title: '从备份恢复',
  about: '文件只在本设备上打开。先让你看到其中的内容；在你确认之前不保存任何东西。',
  look: '查看其中的内容', looking: '正在打开文件…有意设计为需要几秒钟。', inside: '备份中的内容',
  wallet: '钱包', rule: '签名所需', device: '设备', madeAt: '备份时间', state: '钱包的状态',
  generation: (n) => (n === 1 ? '最初生成时' : `设备变更 ${n - 1} 次之后`),
  here: {
    same: '此浏览器已有这个钱包，状态相同。只有在你无法解锁它时才需要恢复。', later: '此浏览器已有这个钱包的更新状态。此备份已过时，恢复不会带回任何东西。',
    earlier: '此浏览器中的这个钱包比备份更旧。',
  },
  toWallets: '查看此浏览器中的钱包', thisDevice: '本设备',
  honest: '你会得到什么', honestAbout: '可以查看的钱包及其地址。恢复的设备不能签名：必须先由此钱包的另一台设备重新接纳它。在那之前请保留备份文件。',
  action: '在本设备上恢复', restoring: '正在恢复…有意设计为需要几秒钟。',
  banner: '从备份恢复：本设备只能查看钱包，不能签名。', bannerAbout: '这些地址仍可收款，其他设备照常签名。',
}

export const safety: typeof en.safety = {
  tab: '安全', overview: '概览', tabs: '钱包的各部分', backup: '备份', proved: (when) => `上次读回验证：${when}。`, again: '再做一份', checkOne: '检查一份',
  notProved: '本设备还没有做过并读回验证的备份。如果此浏览器丢失存储，这部分钱包就没有了。', restored: '这部分钱包来自备份文件。请保留该文件。',
  passphrase: '本设备的口令', passphraseAbout: '只用来打开本设备。备份有各自的口令。',
  change: '更改口令', old: '现在的口令', fresh: '新口令', changeAction: '更改', changing: '正在更改…有意设计为需要几秒钟。',
  changed: '口令已更改。旧口令不能再打开本设备。', forgotten: '忘记了口令：使用通行密钥', known: '还是使用口令', cancel: '取消', lock: '锁定',
  lockAbout: '5 分钟无人使用，或页面隐藏 30 秒后，本设备会自动锁定，除非正在生成或签署。多次输错口令后需要等待。',
  storage: '此浏览器的存储', storageStates: {
    'promised': '浏览器承诺在需要空间时不清除本设备持有的部分。', 'not-promised': '浏览器不承诺在需要空间时保留本设备持有的部分。真正可靠的是备份。',
    'unknown': '浏览器没有说明在需要空间时是否保留本设备持有的部分。真正可靠的是备份。',
  },
  askAgain: '请浏览器保留它', devices: '已知设备', devicesAbout: '以前配对过：可以按名称邀请，无需链接和词语。', noDevices: '还没有。',
  since: (when) => `，自 ${when}`, how: { words: '已核对词语', invitation: '凭其邀请', earlier: '在核对词语之前配对' },
  forget: '忘记', forgetTitle: (name) => `忘记 ${name}？`, forgetAbout: '下次它又是陌生设备：需要链接，并且要核对词语。你们共同持有的钱包不受影响。',
}

export const passkey: typeof en.passkey = {
  title: '通行密钥', about: '用指纹、面容、PIN 或安全密钥打开本设备。口令始终可用。', none: '还没有通行密钥。', add: '添加通行密钥', name: '通行密钥的名称',
  suggestion: '我的通行密钥', now: '你的口令', action: '添加', adding: '浏览器会询问你两次：先创建通行密钥，再试用一次。', added: '通行密钥已添加，可以打开本设备。',
  remove: '移除', removeTitle: (label) => `移除 ${label}？`, removeAbout: '它不能再打开本设备。口令仍然可以。',
  unavailable: '此浏览器在这里不能使用通行密钥。请用口令打开本设备。', open: '用通行密钥打开', or: '或使用口令', asking: '浏览器正在请求通行密钥…',
  full: '一台设备最多八个通行密钥。',
}

export const opening: typeof en.opening = {
  working: '正在打开保险库…有意设计为约需一秒。', wait: (min, s) => (min === 0 ? `请等待 ${s} 秒` : `请等待 ${min} 分 ${s} 秒`), waitAbout: '连续多次输错口令。等待是为了阻挡猜测者，什么都没有丢失。',
}

export const locked: typeof en.locked = { idle: '本设备已锁定：5 分钟无人使用。', hidden: '本设备已锁定：页面隐藏了 30 秒。' }

export const missing: typeof en.missing = {
  title: '此浏览器中缺少了东西',
  about: (device, wallets) => `此浏览器曾保存“${device}”及其持有的部分：${wallets}。现在已不在这里：网站数据被清除，或浏览器腾出了空间。`,
  quoted: (name) => `“${name}”`,
  safe: '其他设备仍有各自的部分。', restore: '从备份恢复', forget: '忘记它', forgetTitle: (device) => `忘记“${device}”？`,
  forgetAbout: '页面不再提醒你。备份文件仍然可以恢复。',
}

export const passkeyErrors: typeof en.passkeyErrors = {
  'no-answer': { sentence: '没有通行密钥响应：已取消、超时，或它已不存在。', safe: '没有任何改变。', next: '重试，或使用口令。' },
  'no-prf': { sentence: '此通行密钥不能打开保险库：它不计算秘密值。', safe: '没有保存任何东西。', next: '换一个，例如安全密钥或手机，或继续使用口令。' },
  'already': { sentence: '此设备或密钥已有这个保险库的通行密钥。', safe: '没有任何改变。', next: '使用已有的那个，或换一台设备或密钥。' },
  'foreign': { sentence: '此通行密钥打不开这个保险库。', safe: '没有任何改变。', next: '换一个，或使用口令。' },
  'refused': { sentence: '浏览器拒绝在这里使用通行密钥。', safe: '没有任何改变。', next: '请使用口令。' },
}

export const vaultErrors: typeof en.vaultErrors = {
  E_THROTTLED: { sentence: '连续多次输错口令。', safe: '什么都没有丢失。', next: '等时间过去后再试。' },
  E_STALE: { sentence: '本设备知道钱包的更新状态。', safe: '没有任何改变。', next: '请做一份新的备份；这一份已过时。' },
}

export const fileErrors: typeof en.fileErrors = {
  prove: {
    E_PASSPHRASE: { sentence: '此口令打不开该文件。', safe: '钱包和文件都没有改变。', next: '请输入备份的口令，而不是本设备的口令。' },
    E_DAMAGED: { sentence: '该文件已损坏，或不是 Trivet 的备份。', safe: '本设备上的钱包完好。', next: '不要依靠此文件：再保存一次备份，并检查那一份。' },
    E_STALE: { sentence: '此备份早于钱包最近一次变更。', safe: '本设备上的钱包是最新的。', next: '做一份新的备份，并销毁旧的。' },
    E_INPUT: { sentence: '这是另一个钱包或另一台设备的备份。', safe: '钱包和文件都没有改变。', next: '请选择在本设备上为此钱包做的文件。' },
  },
  restore: {
    E_PASSPHRASE: { sentence: '此口令打不开该文件。', safe: '文件没有改变，也没有保存任何东西。', next: '检查大小写。这里要的是备份的口令，而不是某台设备的口令。' },
    E_DAMAGED: { sentence: '该文件已损坏，或不是 Trivet 的备份。', safe: '没有保存任何东西。', next: '请试试该文件的另一份副本。' },
    E_STALE: { sentence: '此浏览器知道此备份之后的一次钱包变更。', safe: '没有保存任何东西，这里的钱包没有改变。', next: '解锁这里的钱包，或用更新的备份恢复。' },
    E_INPUT: { sentence: '该文件或这些内容不能这样使用。', safe: '没有保存任何东西。', next: '请检查文件和两个口令。' },
  },
}
