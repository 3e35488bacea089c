"""The words of every form."""

BACK = "Назад"
SKIP = "Пропустить"
CANCEL = "Отмена"
MORE = "Ещё"
TO_START = "К началу списка"
GO_ON = "Дальше"

CHOOSE_BELOW = "Не понял, что выбрать. Нажмите, пожалуйста, одну из кнопок."
WRITE_WORDS = "Напишите, пожалуйста, словами."
SEND_PHOTO = "Пришлите фото или нажмите «Пропустить»."


def too_long(length: int, most: int) -> str:
    return (
        f"Получилось длинно: {length} знаков, а помещается {most}. "
        "Сократите, пожалуйста, — подробности можно дописать потом."
    )


def photos_so_far(count: int) -> str:
    return f"Получили, всего файлов: {count}. Пришлите ещё или нажмите «Дальше»."
