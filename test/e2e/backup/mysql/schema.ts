/** A shop with everything that a dump may forget. The dump reads tables by name, and `gate` lies before `late`. */
export const schema = `set global event_scheduler = off, global innodb_flush_log_at_trx_commit = 0, global sync_binlog = 0;
create database shop character set utf8mb4 collate utf8mb4_unicode_ci; use shop;
create table gate (id int primary key);
create table hits (id int) engine=MyISAM;
create table late (id int primary key);
create table \`order\`\`lines\` (id int auto_increment primary key, order_id int);
create table orders (id int auto_increment primary key, customer varchar(60), note text, raw varbinary(20),
  old varchar(9) character set latin1 default 'ÿ');
insert into late values (1);
insert into orders (customer, note, raw) values ('alice@example.com', 'one\\ntwo (1),(2);\\n-- Dump completed', 0x00ff27), ('é😀', null, null);
insert into \`order\`\`lines\` (order_id) select id from orders;
create view known as select customer from orders where id > 5;
delimiter //
create trigger shout before update on orders for each row set new.note = upper(new.note)//
create procedure sell(wanted int) begin
  declare done int default 0;
  while done < wanted do
    start transaction;
    insert into orders (customer, note) values (concat('c', done), repeat('x', 500));
    insert into \`order\`\`lines\` (order_id) values (last_insert_id());
    commit;
    set done = done + 1;
  end while;
end//
create function one() returns int deterministic return 1//
create event forget on schedule every 1 second do delete from shop.orders//
delimiter ;
call sell(2000);
`;
