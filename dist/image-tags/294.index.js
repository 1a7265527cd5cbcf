export const id = 294;
export const ids = [294];
export const modules = {

/***/ 5294:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   formatDate: () => (/* binding */ formatDate)
/* harmony export */ });
/* harmony import */ var moment_timezone__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9856);
/* harmony import */ var moment_timezone__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(moment_timezone__WEBPACK_IMPORTED_MODULE_0__);

const formatDate = (date, format, zone) => {
    if (moment_timezone__WEBPACK_IMPORTED_MODULE_0___default().tz.zone(zone) === null)
        throw new Error(`Unknown time zone ${zone}`);
    return moment_timezone__WEBPACK_IMPORTED_MODULE_0___default()(date).tz(zone).format(format);
};


/***/ })

};
