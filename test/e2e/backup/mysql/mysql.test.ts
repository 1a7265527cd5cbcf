import { mysqlCases } from './cases';

mysqlCases('mysql');
