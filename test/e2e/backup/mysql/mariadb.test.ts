import { mysqlCases } from './cases';

mysqlCases('mariadb');
