import stylistic from '@stylistic/eslint-plugin'
import { defineConfig } from 'eslint/config'
import svelte from 'eslint-plugin-svelte'
import tseslint from 'typescript-eslint'
import { typeConfigs } from './scripts/lib/folders.mjs'

// Which folder may import which is checked by scripts/imports, together with cycles.

/**
 * A softer bound beside `max-lines`, as one rule cannot both warn at 200 lines and fail at 300.
 * @type {import('eslint').Rule.RuleModule}
 */
const longFile = {
  create: (context) => ({
    Program() {
      const lines = context.sourceCode.lines.length
      if (lines > 200) context.report({ loc: { line: 201, column: 0 }, message: `${lines} lines: aim under 200, it fails over 300` })
    },
  }),
}

const noDoubleAssertion = {
  selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]',
  message: 'a cast through unknown switches the types off: parse the value instead',
}

/** @type {import('eslint').Linter.RulesRecord} */
const typedRules = {
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // Functions of an asynchronous interface need nothing to wait for.
  '@typescript-eslint/require-await': 'off',
  // Its false alarms on generics that tie an argument to a result outnumber what it finds.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
}

export default defineConfig(
  {
    ignores: [
      '**/node_modules/', '**/dist/', '**/dist-*/', 'data/', 'demo/', 'test-results/', 'playwright-report/', '.cache/', 'coverage/',
      '**/*.json', 'web/public/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,mjs,svelte}'],
    plugins: { '@stylistic': stylistic, '@typescript-eslint': tseslint.plugin, 'trivet': { rules: { 'long-file': longFile } } },
    rules: {
      'eqeqeq': 'error',
      'no-restricted-properties': ['error', {
        object: 'Math', property: 'random', message: 'Math.random is predictable: take the injected rng, or seeded-rng in tests',
      }],
      'no-restricted-syntax': ['error', noDoubleAssertion],
      'max-lines': ['error', { max: 300 }],
      'trivet/long-file': 'warn',
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      '@stylistic/semi': ['error', 'never'],
      '@stylistic/quotes': ['error', 'single', { avoidEscape: true }],
      '@stylistic/max-len': ['error', { code: 160, ignoreUrls: true, ignoreRegExpLiterals: true, ignoreStrings: true, ignoreTemplateLiterals: true }],
      '@stylistic/no-trailing-spaces': 'error',
      '@stylistic/eol-last': 'error',
    },
  },
  ...typeConfigs().map(({ files, project }) => ({
    files,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project, tsconfigRootDir: import.meta.dirname } },
    rules: typedRules,
  })),
  {
    // The types of plain JavaScript stand in JSDoc, whose casts eslint does not see.
    files: ['**/*.mjs'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-return': 'off' },
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: { '@stylistic/max-len': 'off', 'svelte/no-at-html-tags': 'error', 'svelte/button-has-type': 'error' },
  },
  {
    // What runs with keys in reach reports through the injected log, whose type lets no secret through.
    files: ['{protocol,party,chains,web,signalling,enterprise}/**/*.{ts,svelte}'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['**/*.test.ts', 'e2e/**', '**/testing/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
)
