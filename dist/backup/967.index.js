export const id = 967;
export const ids = [967];
export const modules = {

/***/ 4967:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   installTool: () => (/* binding */ installTool)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1421);
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_child_process__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_3__);
/* harmony import */ var node_stream_promises__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6466);
/* harmony import */ var node_stream_promises__WEBPACK_IMPORTED_MODULE_4___default = /*#__PURE__*/__webpack_require__.n(node_stream_promises__WEBPACK_IMPORTED_MODULE_4__);
/* harmony import */ var node_zlib__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(8522);
/* harmony import */ var node_zlib__WEBPACK_IMPORTED_MODULE_5___default = /*#__PURE__*/__webpack_require__.n(node_zlib__WEBPACK_IMPORTED_MODULE_5__);
/* harmony import */ var tar_stream__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(6118);
/* harmony import */ var _errors__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(3916);
/* harmony import */ var _tool_files__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(6611);









const downloadMs = 5 * 60_000;
/**
 * Unpacks a program out of an archive with the pinned sum: from the tool cache, from GitHub's cache, or from its publisher.
 * It is the archive that is kept and whose sum is taken each time, so what lay about in a cache proves nothing by itself.
 * Throws a ShiplockError when there is no such archive.
 */
async function installTool(archive, places) {
    const { tool, version, platform, sha256 } = archive;
    const kept = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(places.toolCache, 'shiplock', `${tool}-${version}-${platform}`);
    const file = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(kept, `archive.${archive.packing}`);
    const key = `shiplock-${tool}-${version}-${platform}-${sha256.slice(0, 16)}`;
    const origin = await firstOf([
        async () => ((await isGood(file, archive, places)) ? 'tool cache' : null),
        async () => (await places.cache.restore(kept, [key])) !== null && (await isGood(file, archive, places))
            ? 'cache'
            : null,
        async () => {
            await download(archive, file, places);
            await places.cache.save(kept, key);
            return 'download';
        },
    ]);
    const path = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(places.folder, `${tool}-${version}`, tool);
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm)((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(path, '..'), { recursive: true, force: true });
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.mkdir)((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(path, '..'), { recursive: true, mode: 0o700 });
    await unpackers[archive.packing](file, tool, path);
    return { path, origin };
}
async function firstOf(ways) {
    for (const way of ways) {
        const origin = await way();
        if (origin !== null)
            return origin;
    }
    return '';
}
async function isGood(file, { sha256, tool }, { tell }) {
    const digest = await (0,_tool_files__WEBPACK_IMPORTED_MODULE_8__/* .digestOfFile */ .Mk)(file);
    if (digest === null || digest === `sha256:${sha256}`)
        return digest !== null;
    tell(`${tool} in the cache is another file than the pinned one (${digest}): it is thrown away`);
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm)(file);
    return false;
}
async function download(archive, file, places) {
    const url = `${places.mirror.replace(/\/+$/, '')}${archive.path}`;
    const fetched = (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(places.folder, `${archive.tool}.download`);
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.mkdir)((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(file, '..'), { recursive: true });
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm)(fetched, { force: true });
    try {
        // Loaded when something is downloaded: most runs have what they need.
        const { downloadTool } = await Promise.all(/* import() */[__webpack_require__.e(88), __webpack_require__.e(805)]).then(__webpack_require__.bind(__webpack_require__, 9805));
        await inTime(downloadTool(url, fetched), places.signal);
    }
    catch (thrown) {
        places.signal.throwIfAborted();
        throw new _errors__WEBPACK_IMPORTED_MODULE_7__/* .ShiplockError */ .GV(`${url} cannot be downloaded: ${(0,_errors__WEBPACK_IMPORTED_MODULE_7__/* .messageOf */ .bD)(thrown)}`, {
            fault: 'remote',
            hint: `let the runner reach it, name a mirror by tool-mirror, or install ${archive.tool} ${archive.version} before this step`,
        });
    }
    const digest = await (0,_tool_files__WEBPACK_IMPORTED_MODULE_8__/* .digestOfFile */ .Mk)(fetched);
    if (digest !== `sha256:${archive.sha256}`) {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm)(fetched, { force: true });
        throw new _errors__WEBPACK_IMPORTED_MODULE_7__/* .ShiplockError */ .GV(`${url} gave another file than the pinned one: ${digest ?? 'none'}, not sha256:${archive.sha256}`, {
            fault: 'remote',
            hint: 'do not run it: ask who keeps that address; a download that was cut off looks the same',
        });
    }
    await (0,node_stream_promises__WEBPACK_IMPORTED_MODULE_4__.pipeline)((0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createReadStream)(fetched), (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createWriteStream)(file));
    await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm)(fetched);
}
async function inTime(work, cancelled) {
    const signal = AbortSignal.any([cancelled, AbortSignal.timeout(downloadMs)]);
    const ended = new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
            reject(new Error(`it did not come within ${downloadMs / 1000} s`));
        });
    });
    await Promise.race([work, ended]);
}
/** Takes the one program out; whatever else is in the archive is left there. */
async function unpackTar(file, tool, path) {
    const archive = (0,tar_stream__WEBPACK_IMPORTED_MODULE_6__.extract)();
    const unpacking = (0,node_stream_promises__WEBPACK_IMPORTED_MODULE_4__.pipeline)((0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createReadStream)(file), (0,node_zlib__WEBPACK_IMPORTED_MODULE_5__.createGunzip)(), archive);
    let found = false;
    for await (const entry of archive) {
        if (entry.header.name.replace(/^\.\//, '') === tool && entry.header.type === 'file') {
            found = true;
            await (0,node_stream_promises__WEBPACK_IMPORTED_MODULE_4__.pipeline)(entry, (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createWriteStream)(path, { mode: 0o700 }));
        }
        else
            entry.resume();
    }
    await unpacking;
    if (!found)
        throw new _errors__WEBPACK_IMPORTED_MODULE_7__/* .ShiplockError */ .GV(`the archive of ${tool} holds no program of that name`, {
            fault: 'bug',
        });
}
/** By the machine's own bzip2, which every runner of GitHub's has: Node reads no bzip2. */
async function unpackBzip2(file, tool, path) {
    const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)('bzip2', ['--decompress', '--stdout', '--', file], {
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
    });
    const writing = (0,node_stream_promises__WEBPACK_IMPORTED_MODULE_4__.pipeline)(child.stdout, (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createWriteStream)(path, { mode: 0o700 }));
    child.stderr.resume();
    try {
        const [code] = await Promise.all([ended, writing]);
        if (code !== 0)
            throw new Error(`it ended with ${String(code)}`);
    }
    catch (cause) {
        await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm)(path, { force: true });
        throw new _errors__WEBPACK_IMPORTED_MODULE_7__/* .ShiplockError */ .GV(`bzip2 cannot unpack ${tool}: ${(0,_errors__WEBPACK_IMPORTED_MODULE_7__/* .messageOf */ .bD)(cause)}`, {
            fault: 'remote',
            hint: `install bzip2, or ${tool} itself, before this step`,
            cause,
        });
    }
}
const unpackers = { 'tar.gz': unpackTar, bz2: unpackBzip2 };


/***/ })

};
