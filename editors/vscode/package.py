#!/usr/bin/env python3
"""Packs the extension as theus-VERSION.vsix, without a network: `python3 package.py [FOLDER]`.

The client for `theusc lsp` is packed with it if `npm ci` has put it into node_modules. The same
files give the same bytes.
"""
import json
import pathlib
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FILES = [
    "package.json", "extension.js", "language-configuration.json", "README.md",
    "syntaxes/theus.tmLanguage.json", "syntaxes/codeblock.json", "snippets/theus.json",
]
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="json" ContentType="application/json"/>
  <Default Extension="js" ContentType="application/javascript"/>
  <Default Extension="cjs" ContentType="application/javascript"/>
  <Default Extension="mjs" ContentType="application/javascript"/>
  <Default Extension="ts" ContentType="text/plain"/>
  <Default Extension="map" ContentType="application/json"/>
  <Default Extension="md" ContentType="text/markdown"/>
  <Default Extension="txt" ContentType="text/plain"/>
  <Default Extension="vsixmanifest" ContentType="text/xml"/>
</Types>
"""
MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="{name}" Version="{version}" Publisher="{publisher}"/>
    <DisplayName>{displayName}</DisplayName>
    <Description xml:space="preserve">{description}</Description>
    <Tags>{tags}</Tags>
    <Categories>{categories}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="{engine}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
    <License>extension/LICENSE-MIT.txt</License>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE-MIT.txt" Addressable="true"/>
  </Assets>
</PackageManifest>
"""


def contents():
    package = json.loads((HERE / "package.json").read_text())
    manifest = MANIFEST.format(
        tags=",".join(package["keywords"]), categories=",".join(package["categories"]),
        engine=package["engines"]["vscode"],
        **{key: package[key] for key in ("name", "version", "publisher", "displayName", "description")},
    )
    yield "[Content_Types].xml", TYPES.encode()
    yield "extension.vsixmanifest", manifest.encode()
    for name in FILES:
        yield f"extension/{name}", (HERE / name).read_bytes()
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        yield f"extension/{name}.txt", (ROOT / name).read_bytes()
    for module in modules():
        for path in sorted((HERE / module).rglob("*")):
            inside = path.relative_to(HERE)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                yield f"extension/{inside.as_posix()}", path.read_bytes()


def modules():
    """What the extension needs of node_modules, and not what its tests need."""
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return sorted(name for name, one in locked.items() if name.count("node_modules") == 1 and not one.get("dev"))


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    version = json.loads((HERE / "package.json").read_text())["version"]
    target = folder / f"theus-{version}.vsix"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    print(target)


main()
