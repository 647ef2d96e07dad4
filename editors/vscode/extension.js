// The extension: a client for `theusc lsp` where one was packed with it, else programs are
// linted by `theusc lint` on each change and laid out by `theusc fmt`.
'use strict';

const vscode = require('vscode');
const { execFile } = require('child_process');
const path = require('path');

const LANGUAGE = 'theus';
/// Milliseconds after the last keystroke before a program is linted.
const PAUSE = 200;

const settings = () => vscode.workspace.getConfiguration('theus');
const command = () => settings().get('path', 'theusc');

/** Runs theusc with a text as its input. */
function theusc(args, text, cwd) {
  return new Promise((resolve) => {
    const options = { cwd, maxBuffer: 1 << 26, timeout: 30000 };
    const child = execFile(command(), args, options, (error, out, err) => {
      const status = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ status, out, err, missing: Boolean(error && error.code === 'ENOENT') });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}

const folder = (document) => path.dirname(document.uri.fsPath);

/** The client of the language server, if one was packed with the extension. */
function client() {
  if (!settings().get('server', true)) return undefined;
  try {
    const { LanguageClient } = require('vscode-languageclient/node');
    const run = { command: command(), args: ['lsp'] };
    const selector = [{ scheme: 'file', language: LANGUAGE }, { scheme: 'untitled', language: LANGUAGE }];
    return new LanguageClient(LANGUAGE, 'Theus', { run, debug: run }, { documentSelector: selector });
  } catch {
    return undefined;
  }
}

/** Diagnostics and edits by the command line. */
class Linter {
  constructor() {
    this.collection = vscode.languages.createDiagnosticCollection(LANGUAGE);
    this.fixes = new Map();
    this.timers = new Map();
    this.told = false;
  }

  later(document) {
    if (document.languageId !== LANGUAGE) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(key, setTimeout(() => this.lint(document), PAUSE));
  }

  async lint(document) {
    const version = document.version;
    const text = document.getText();
    const args = ['lint', '--json', ...settings().get('lintArguments', []), '-'];
    const done = await theusc(args, text, folder(document));
    if (done.missing) return this.tellOnce();
    // What was typed since then is linted next.
    if (document.isClosed || document.version !== version) return;
    let report;
    try {
      report = JSON.parse(done.out);
    } catch {
      return;
    }
    const bytes = Buffer.from(text);
    const own = report.diagnostics.filter((one) => one.file === '<stdin>' && one.primary);
    this.fixes.set(document.uri.toString(), own);
    this.collection.set(document.uri, own.map((one) => diagnostic(document, bytes, one)));
  }

  tellOnce() {
    if (this.told) return;
    this.told = true;
    vscode.window.showWarningMessage(`\`${command()}\` was not found: set "theus.path" to it.`);
  }

  forget(document) {
    this.collection.delete(document.uri);
    this.fixes.delete(document.uri.toString());
  }

  provideCodeActions(document, range) {
    const bytes = Buffer.from(document.getText());
    const actions = [];
    for (const one of this.fixes.get(document.uri.toString()) || []) {
      if (!place(document, bytes, one.primary).intersection(range)) continue;
      for (const fix of one.fixes) {
        const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
        action.edit = new vscode.WorkspaceEdit();
        for (const edit of fix.edits.filter((edit) => edit.file === '<stdin>')) {
          action.edit.replace(document.uri, place(document, bytes, edit), edit.text);
        }
        action.isPreferred = fix.safe;
        actions.push(action);
      }
    }
    return actions;
  }
}

/** A place is given in bytes; the editor counts UTF-16. */
function place(document, bytes, { start, end }) {
  const at = (offset) => document.positionAt(bytes.subarray(0, offset).toString().length);
  return new vscode.Range(at(start.offset), at(end.offset));
}

function diagnostic(document, bytes, one) {
  const help = one.help.map((text) => `\nhelp: ${text}`).join('');
  const label = one.primary.text ? `: ${one.primary.text}` : '';
  const severity = one.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const range = place(document, bytes, one.primary);
  const found = new vscode.Diagnostic(range, one.title + label + help, severity);
  found.source = LANGUAGE;
  found.code = one.code;
  found.relatedInformation = one.labels
    .filter((label) => label.file === '<stdin>')
    .map((label) => new vscode.DiagnosticRelatedInformation(
      new vscode.Location(document.uri, place(document, bytes, label)), label.text));
  if (/^T0(332|212|40[567]|61[346]|630)$/.test(one.code)) {
    found.tags = [vscode.DiagnosticTag.Unnecessary];
  }
  return found;
}

/** The whole text as `theusc` gives it back, as one edit. */
async function rewritten(document, args) {
  const text = document.getText();
  const done = await theusc([...args, '-'], text, folder(document));
  if (done.status > 1 && !done.out || done.status < 0 || done.out === text || !done.out) return [];
  const whole = new vscode.Range(document.positionAt(0), document.positionAt(text.length));
  return [vscode.TextEdit.replace(whole, done.out)];
}

function formatter() {
  return {
    provideDocumentFormattingEdits: (document) => rewritten(document, ['fmt']),
    provideDocumentRangeFormattingEdits: (document, range) =>
      rewritten(document, ['fmt', '--range', `${range.start.line + 1}:${range.end.line + 1}`]),
  };
}

async function fixAll() {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.document.languageId !== LANGUAGE) return;
  const edit = new vscode.WorkspaceEdit();
  edit.set(editor.document.uri, await rewritten(editor.document, ['lint', '--fix']));
  await vscode.workspace.applyEdit(edit);
}

function task(name, file, given) {
  const short = name === 'lint' || name === 'check' ? ['-f', 'short'] : [];
  const run = new vscode.ShellExecution(command(), given || [name, ...short, file || '${file}']);
  const definition = { type: LANGUAGE, command: name, file };
  const made = new vscode.Task(definition, vscode.TaskScope.Workspace, name, LANGUAGE, run, '$theusc');
  if (name === 'test') made.group = vscode.TaskGroup.Test;
  if (name === 'lint') made.group = vscode.TaskGroup.Build;
  return made;
}

/** Saves and runs: the file of the editor, or what a lens above a pipeline or test says. */
async function run(name, lens) {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  await editor.document.save();
  await vscode.tasks.executeTask(task(name, editor.document.uri.fsPath, lens && lens.args));
}

let server;

async function activate(context) {
  const tasks = {
    provideTasks: () => ['lint', 'check', 'test', 'run', 'bench'].map((name) => task(name)),
    resolveTask: ({ definition }) => task(definition.command, definition.file),
  };
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider(LANGUAGE, tasks),
    ...['run', 'test', 'bench'].map((name) =>
      vscode.commands.registerCommand(`theus.${name}`, (lens) => run(name, lens))),
    vscode.commands.registerCommand('theus.fixAll', fixAll),
    vscode.commands.registerCommand('theus.restart', () => server && server.restart()),
  );
  server = client();
  if (server) {
    try {
      await server.start();
      return;
    } catch {
      server = undefined;
    }
  }
  const linter = new Linter();
  const { workspace, languages } = vscode;
  context.subscriptions.push(
    linter.collection,
    languages.registerCodeActionsProvider(LANGUAGE, linter, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    languages.registerDocumentFormattingEditProvider(LANGUAGE, formatter()),
    languages.registerDocumentRangeFormattingEditProvider(LANGUAGE, formatter()),
    workspace.onDidOpenTextDocument((document) => linter.later(document)),
    workspace.onDidChangeTextDocument(({ document }) => linter.later(document)),
    workspace.onDidSaveTextDocument((document) => linter.later(document)),
    workspace.onDidCloseTextDocument((document) => linter.forget(document)),
  );
  workspace.textDocuments.forEach((document) => linter.later(document));
}

const deactivate = () => server && server.stop();

module.exports = { activate, deactivate };
