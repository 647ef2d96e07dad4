// Drives the extension as an engineer does: it opens a program with a mistake, reads, mends,
// renames, types, lays out and ends. Asks by the API of Visual Studio Code alone; what is seen
// goes to standard output, a line each.
//
// node test/drive.js THEUSC FOLDER
'use strict';

const fs = require('fs');
const Module = require('module');
const path = require('path');

const vscode = require('./vscode');
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
const extension = require('../extension');

const PATIENCE = 60000;
const [, , theusc, folder] = process.argv;
const { seen, commands, languages, workspace, Position, Range, Uri, WorkspaceEdit } = vscode;
const say = (text) => console.log(text);
const at = (line, column) => new Position(line - 1, column - 1);
const where = (range) => `${range.start.line + 1}:${range.start.character + 1}`;
const code = (one) => one.code.value || one.code;
const first = (text) => text.split('\n')[0];

function tell(found) {
  for (const one of found) {
    say(`wrong: ${where(one.range)} ${code(one)} ${first(one.message)}`);
    for (const other of one.relatedInformation || []) {
      say(`  also ${where(other.location.range)} ${other.message}`);
    }
  }
}

/** Waits until something holds: it is tried again on each event. */
function until(what, event, holds) {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`waited in vain for ${what}`)), PATIENCE);
    const tryIt = () => {
      if (!holds()) return;
      clearTimeout(late);
      listening.dispose();
      done();
    };
    const listening = event(tryIt);
    tryIt();
  });
}

async function drive() {
  const main = Uri.file(path.join(folder, 'main.theus'));
  const ask = (name, ...args) => commands.executeCommand(`vscode.${name}`, main, ...args);
  const found = () => languages.getDiagnostics(main);
  const isFound = (count) => () => found().length === count;
  const wrong = (what, count) => until(what, languages.onDidChangeDiagnostics, isFound(count));
  const type = async (range, text) => {
    const edit = new WorkspaceEdit();
    edit.replace(main, range, text);
    await workspace.applyEdit(edit);
  };

  workspace.workspaceFolders.push({ uri: Uri.file(folder), name: 'test', index: 0 });
  seen.settings['theus.path'] = theusc;
  const document = await workspace.openTextDocument(main);
  await vscode.window.showTextDocument(document);
  await extension.activate({ subscriptions: [] });

  // What is wrong, on opening.
  await wrong('the mistakes', 1);
  tell(found());

  // A module that is missing is written, and the editor tells of the file.
  const gain = Buffer.from('/// How hard it pulls.\nconst GAIN = 0.5\n');
  await workspace.fs.writeFile(Uri.file(path.join(folder, 'gains.theus')), gain);
  await until('the module', languages.onDidChangeDiagnostics, () => found().every((one) => code(one) !== 'T0203'));
  await wrong('the mistake', 1);
  tell(found());

  // What is known of names.
  const [hover] = await ask('executeHoverProvider', at(13, 20));
  say(`hover: ${hover.contents[0].value.split('\n').find((line) => line.startsWith('x: f64'))}`);
  const [definition] = await ask('executeDefinitionProvider', at(18, 5));
  say(`definition: ${where(definition.range)}`);
  const uses = await ask('executeReferenceProvider', at(5, 5));
  say(`references: ${uses.map((use) => where(use.range)).join(' ')}`);
  const marked = await ask('executeDocumentHighlights', at(5, 5));
  say(`highlights: ${marked.map((one) => where(one.range)).join(' ')}`);
  const symbols = await ask('executeDocumentSymbolProvider');
  say(`symbols: ${symbols.map((one) => `${one.name}(${one.children.length})`).join(' ')}`);
  const all = await commands.executeCommand('vscode.executeWorkspaceSymbolProvider', 'gain');
  say(`in the workspace: ${all.map((one) => one.name).join(' ')}`);
  const [called] = await ask('prepareCallHierarchy', at(9, 9));
  const callers = await commands.executeCommand('vscode.provideIncomingCalls', called);
  say(`called by: ${callers.map((call) => call.from.name).join(' ')}`);
  const folds = await ask('executeFoldingRangeProvider');
  say(`folds: ${folds.map((fold) => `${fold.start + 1}-${fold.end + 1}`).join(' ')}`);
  const [selection] = await ask('executeSelectionRangeProvider', [at(13, 20)]);
  say(`selects: ${document.getText(selection.range)} < ${document.getText(selection.parent.range)}`);

  // Colours: each token is five numbers, places are from the one before.
  const legend = await ask('provideDocumentSemanticTokensLegend');
  const { data } = await ask('provideDocumentSemanticTokens');
  let [line, column] = [0, 0];
  const colours = [];
  for (let i = 0; i < data.length; i += 5) {
    [line, column] = data[i] ? [line + data[i], data[i + 1]] : [line, column + data[i + 1]];
    const text = document.getText(new Range(line, column, line, column + data[i + 2]));
    if (line === 12) colours.push(`${text}:${legend.tokenTypes[data[i + 3]]}`);
  }
  say(`colours: ${colours.join(' ')}`);

  // What may be written.
  const offered = await ask('executeCompletionItemProvider', at(13, 20), '.');
  say(`offered: ${(offered.items || offered).map((item) => item.label.label || item.label).sort().join(' ')}`);
  const help = await ask('executeSignatureHelpProvider', at(14, 20), '(');
  say(`takes: ${help.signatures[0].label}, at ${help.activeParameter}`);

  // A mistake is mended by the edit that it carries.
  const [action] = await ask('executeCodeActionProvider', found()[0].range);
  say(`action: ${action.title}`);
  await workspace.applyEdit(action.edit);
  await wrong('the mend', 0);
  say('mended');

  const lenses = await ask('executeCodeLensProvider');
  say(`lenses: ${lenses.map((lens) => `${lens.command.title} ${where(lens.range)}`).join(', ')}`);
  for (const { command } of lenses) await commands.executeCommand(command.command, ...command.arguments);
  const ran = seen.ran.map(({ execution }) => execution.args.join(' ').replace(document.fileName, 'main.theus'));
  say(`ran: ${ran.join(', ')}`);

  // Hints; of checks after they are proved, and the editor is told to ask again.
  const whole = new Range(0, 0, document.lineCount, 0);
  let hints = await ask('executeInlayHintProvider', whole);
  if (!hints.some((hint) => hint.label === 'proved')) {
    await new Promise((done) => { seen.refreshed((kind) => kind === 'InlayHints' && done()); });
    hints = await ask('executeInlayHintProvider', whole);
  }
  say(`hints: ${hints.map((hint) => `${hint.position.line + 1} ${hint.label}`).join(', ')}`);

  await ask('executePrepareRename', at(5, 5));
  await workspace.applyEdit(await ask('executeDocumentRenameProvider', at(5, 5), 'drive'));
  say(`renamed: ${document.lineAt(4).text.trim()}`);

  // Typed text is wrong at once and right again: a letter at a time, each a change.
  const end = document.positionAt(document.getText().length);
  for (const [place, letter] of [...'contex'].entries()) {
    const here = end.translate(0, place);
    await type(new Range(here, here), letter);
  }
  await wrong('what is typed', 1);
  say(`typed: ${where(found()[0].range)} ${first(found()[0].message)}`);
  await type(new Range(end, end.translate(0, 6)), '// \u{1f600} end\n');
  await wrong('what is mended', 0);

  const options = { tabSize: 4, insertSpaces: true };
  const some = await ask('executeFormatRangeProvider', new Range(12, 0, 13, 0), options);
  say(`laid out in part: ${some.map((edit) => where(edit.range)).join(' ')}`);
  const closing = await ask('executeFormatOnTypeProvider', at(15, 2), '}', options);
  say(`laid out on typing: ${closing.length}`);
  const edit = new WorkspaceEdit();
  edit.set(main, await ask('executeFormatDocumentProvider', options));
  await workspace.applyEdit(edit);
  say(`laid out again: ${(await ask('executeFormatDocumentProvider', options) || []).length}`);
  await document.save();

  await extension.deactivate();
  say(`ended; told: ${seen.said.join(', ') || 'nothing'}`);
}

drive().then(() => process.exit(0), (error) => {
  say(`failed: ${error.stack}\n${seen.said.concat(seen.log).join('\n')}`);
  process.exit(1);
});
