import { afterEach, describe, expect, it, vi } from 'vitest'
import { main } from './main.ts'

const out = vi.spyOn(console, 'log').mockImplementation(() => undefined)
const err = vi.spyOn(console, 'error').mockImplementation(() => undefined)
afterEach(() => { vi.clearAllMocks() })

const said = (spy: typeof out): string => spy.mock.calls.flat().join('\n')

describe('trivet', () => {
  it('shows what there is when asked for nothing', async () => {
    expect(await main([])).toBe(0)
    expect(said(out)).toMatch(/trivet up[\s\S]*trivet signalling[\s\S]*trivet enterprise/)
  })

  it.each([
    ['signalling', ['PORT', 'DATA_DIR', 'TLS_CERT', 'PUBLIC_URL', 'STUN_URLS', 'TURN_URLS', 'TURN_SECRET']],
    ['enterprise', ['SHARE_KEY_FILE', 'POLICY_FILE', 'SIGNALLING_URL']],
    ['backup', ['DATA_DIR', 'SHARE_KEY_FILE', 'BACKUP_PASSPHRASE_FILE', 'BACKUP_DIR']],
    ['recover', ['FILE FILE', '--path', 'RECOVERY_PASSPHRASE_FILE']],
    ['up', ['PORT', 'ENTERPRISE_PORT']],
  ])('lists the settings of %s', async (part, names) => {
    expect(await main([part, '--help'])).toBe(0)
    for (const name of names) expect(said(out)).toContain(name)
  })

  it('tells its version', async () => {
    expect(await main(['--version'])).toBe(0)
    expect(said(out)).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it.each([
    [['singalling'], 'There is no part called singalling.'],
    [['constructor'], 'There is no part called constructor.'],
    [['up', 'now'], 'trivet up takes no now.'],
    [['enterprise', '--page', 'http://localhost'], 'trivet enterprise takes no --page.'],
    [['recover'], 'Say which backup files'],
    [['recover', '--config', 'x.yaml', 'file'], 'trivet recover takes no --config.'],
    [['up', '--path', 'm/0'], 'trivet up takes no --path.'],
    [['up', '--prot', '1'], "Unknown option '--prot'"],
    [['signalling', '--config', '/nowhere.yaml'], '/nowhere.yaml cannot be read as YAML'],
  ])('refuses %j with a sentence and exit code 2', async (args, sentence) => {
    expect(await main(args)).toBe(2)
    expect(said(err)).toContain(sentence)
  })
})
