import type * as en from './en-change.ts'

/** 设备变更与更新：简体中文。 */

export const devices: typeof en.devices = {
  replace: '更换…', remove: '移除…', leave: '退出…', add: '添加设备…', giveBack: '重新接纳已恢复的设备…', refresh: '更新各部分…', approvals: '更改批准数…',
  of: (name) => `：${name}`, changeAbout: '无论在这里改变什么，密钥和所有地址都不变。',
  lastSeen: (ago) => `上次在线：${ago}`, neverSeen: '尚未见到', backupChecked: (ago) => `备份检查于${ago}`, backupUnknown: '据它所说，还没有检查过的备份',
  backupMissing: '没有检查过的备份', sharesMade: (ago) => `各部分生成于${ago}。`,
}

export const change: typeof en.change = {
  titles: {
    replace: (name) => `更换 ${name}`, remove: (name) => `移除 ${name}`, leave: '退出此钱包', add: '添加设备', giveBack: '重新接纳已恢复的设备', refresh: '更新各部分',
    approvals: '更改批准数', again: '用备份找回钱包', draft: '变更设备',
  },
  leads: {
    replace: '由另一台设备接替它的位置。请在新设备上打开链接。', remove: '其他设备会得到新的部分，它的旧部分与之不再匹配。', leave: '其他设备会得到新的部分，本设备上的部分最后会被删除。',
    add: '每台设备都会得到新的部分，新设备也会得到一份。', giveBack: '请标出丢失的设备，并在用其备份恢复的设备上打开链接。那台设备会得到自己的部分。',
    refresh: '每台设备都会得到新的部分。即使有人复制过旧的部分，也与新的不匹配。', approvals: '必须批准的设备数可以随时更改，同时所有设备都会得到新的部分。',
    again: '用于其他设备也已丢失的情况：用备份恢复足够多的设备，再让它们通过链接加入这里。', draft: '谁留下，谁离开，谁加入。',
  },
  members: '现在由谁持有', fate: (name) => `${name} 会怎样`, fates: { stays: '留下', leaves: '离开', lost: '已丢失' },
  guest: '只参与了钱包的创建，之后不再持有任何部分。', mine: '本设备是从这个位置恢复的，它会得到一个新位置。', oncemore: '再参与这一次，然后删除它的部分。', leftOut: '不参与这次变更，无需在线。',
  coming: '谁加入', nobody: '没有新设备。', addPlace: '添加设备', newDevice: (n) => `新设备 ${n}`, takeAway: '去掉',
  approvals: '必须批准的设备数',
  lossesAbout: (t) => `如果丢失的设备中有 ${t} 台可能落入他人之手，变更没有用：它们仍可一起签名。那样请新建钱包，并把所有资产转过去。`,
  problems: {
    tooFew: '至少要有两台设备持有钱包。请让一台留下，或添加一台。',
    noDealers: (need, have) => `新的部分要由 ${need} 个旧的部分生成，而现在只有 ${have} 个。请让更多设备留下或协助后离开，或通过链接接纳已恢复的设备。`,
    leaveLater: '在由已恢复的设备提供旧部分时，其他设备不能同时离开。请先让本设备留下，再通过第二次变更退出。',
    missingInvitation: '请粘贴企业服务器的邀请。', sameInvitation: '每台企业服务器只能占一个位置。', sameKnown: '每台设备只能占一个位置。',
  },
  before: {
    title: '开始之前', online: '必须在线', alone: '只有本设备和加入的设备。', come: '加入的设备在此页面打开期间打开各自的链接。',
    bring: (k) => `加入的设备中必须有 ${k} 台是从此钱包的备份恢复的：否则旧的部分太少。`, notYet: (names) => `尚未在线：${names}。你可以先开始，变更会等待一段时间。`,
    allOnline: (n) => (n === 1 ? '已在线。' : '全部在线。'), unlocked: (names) => `${names} 上的页面必须打开并已解锁。`, stays: '什么不变', staysAbout: '密钥、所有地址及其中的资产。无需转移任何东西。',
    backups: '旧备份不再有效', backupsAbout: '之后每台设备立即做一份新备份，然后请销毁旧文件：足够多的旧文件合在一起仍能得出密钥。', removed: (names) => `退出：${names}`,
    removedAbout: '被移除设备的部分此后毫无价值：它与任何新的部分都不匹配。', unchangedNow: '到最后一步之前，钱包照常可用。如果变更中断，什么都不会改变。',
  },
  action: '开始变更', renew: '更新各部分', busy: '正在开始…', summary: '什么会改变', now: '现在', then: '之后', arrow: '变为',
  what: {
    stays: '留下，得到新的部分', leaves: '离开，再参与这一次', dropped: '退出，它的部分将毫无价值', joins: '加入', returns: '从备份回来', returnsFor: (name) => `从备份回来，接替 ${name}`,
  },
  lobby: {
    head: '钱包变更', leave: '不参与这次变更', wait: (who) => `现在无需操作。到齐后由 ${who} 开始，届时你会看到变更内容，再批准或拒绝。`,
    makeAbout: '每个人都会看到变更内容并作出批准，然后各设备一起生成新的部分。', places: '参与的设备',
    question: (t, n) => `同意此变更？之后 ${n} 台设备中任意 ${t} 台可以签名。地址不变，旧备份不再有效。`,
    questionAll: (n) => `同意此变更？之后全部 ${n} 台设备须一起签名。地址不变，旧备份不再有效。`, cancel: '取消变更',
  },
  refresh: {
    question: (t, n) => `同意更新各部分？与以前一样，${n} 台设备中任意 ${t} 台可以签名。地址不变，旧备份不再有效。`,
    questionAll: (n) => `同意更新各部分？与以前一样，全部 ${n} 台设备须一起签名。地址不变，旧备份不再有效。`,
  },
  make: '一起变更设备', makeRefresh: '一起更新各部分', called: (who, wallet) => `${who} 正在准备变更“${wallet}”，本设备也参与其中`,
  notice: (wallet) => `“${wallet}”：设备变更等待你批准`, refreshNotice: (wallet) => `“${wallet}”：更新各部分等待你批准`,
  failedSafe: '什么都没有改变：旧的部分仍然有效。', done: '本设备已退出此钱包。',
}

export const standing: typeof en.standing = {
  goneOn: '其他设备已在没有本设备的情况下变更了此钱包。',
  goneOnAbout: (names) => `${names} 已出示对此的签名。本设备当时不在线，或者它最后的消息没有送达。这里的部分与它们的部分都不匹配，因此无法用它签名。`,
  goneOnNext: '请向他们确认是否如此。然后在此忘记该钱包，让他们用链接添加本设备：它会得到新的部分，地址保持不变。',
  forgetShareAbout: (names) => `这里的部分将被删除，它的备份也不再有用。请在 ${names} 告诉你没有本设备也能签名之后再这样做。`,
  left: '本设备已不属于此钱包。', leftAbout: '此钱包的设备已变更，本设备不再是其中之一。这里原有的部分与新的部分都不匹配：它毫无价值，并已被删除。',
  leftRestored: '恢复它所用的备份早于设备变更。那个部分与新的部分都不匹配：它毫无价值，并已被删除。',
  leftNext: '其他设备照常签名，地址不变。它们可以通过链接重新接纳本设备。',
  cold: '本设备属于此钱包，但缺少自己的部分。', coldAbout: '其他设备已有新的部分。本设备没能保存自己的那一份，而旧的部分已毫无价值。',
  coldNext: '请其他设备更新各部分：那时本设备会得到新的一份。', changing: '设备变更尚未完成。',
  changingAbout: '本设备已持有新的部分，还缺一次确认。在那之前，一切与变更前相同。',
  restoredNext: '要重新签名，请让此钱包的另一台设备接纳本设备：由它生成链接，你在这里打开。', restoredAlone: '如果其他设备也已丢失，请用备份恢复足够多的设备，并从这里开始。',
  openLink: '打开链接', startHere: '从这里开始', forget: '忘记此钱包', forgetTitle: (name) => `忘记“${name}”？`,
  forgetAbout: '它会从本设备上移除。钱包本身、其他设备和备份文件都不变。', forgetAction: '忘记它',
}

export const health: typeof en.health = {
  others: (names) => `据它们所说，还没有检查过的备份：${names}。`, shares: '各部分', sharesMade: (when, ago) => `生成于 ${when}（${ago}）。`,
  sharesAbout: '更新会让每台设备得到新的部分，地址不变。如果有人可能看到或复制过某个部分，请这样做。',
}

export const drills: typeof en.drills = {
  made: { title: '密钥已生成', lead: '还差一步：备份本设备持有的部分。没有备份，钱包的安全就只取决于此浏览器的存储。' },
  imported: { title: '密钥已拆分', lead: '还差一步：备份本设备持有的部分。没有备份，钱包的安全就只取决于此浏览器的存储。' },
  changed: { title: '设备已变更', lead: '还差一步：为本设备做一份新备份。以前的备份不再有效；新备份读回验证后，请销毁旧的。' },
  renewed: { title: '各部分已更新', lead: '还差一步：为本设备做一份新备份。以前的备份不再有效；新备份读回验证后，请销毁旧的。' },
}
