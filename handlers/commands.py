"""The commands a messenger shows in its menu, for each who may use them."""

RESIDENTS = {
    "/new": "Новая заявка",
    "/my": "Мои заявки",
    "/menu": "Меню",
    "/help": "Помощь и телефоны",
    "/cancel": "Отменить начатое",
}
MEMBERS = {
    "/status": "Состояние заявки, посмотреть или поменять",
    "/close": "Закрыть заявку или разговор",
    "/who": "Кто пишет и откуда",
    "/note": "Заметка для своих",
    "/help": "Подсказка",
}
ADMINS = {**RESIDENTS, "/desk": "Ссылка для входа в диспетчерскую"}
