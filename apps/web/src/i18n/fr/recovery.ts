import type { recovery as en } from "../en/recovery.ts";
import type { Same } from "../same.ts";

export const recovery: Same<typeof en> = {
  root: {
    title: "Empreinte de cette installation",
    reading: "l’empreinte",
    words: "L’empreinte en douze mots",
    qr: "L’empreinte en code QR",
    copy: "Copier l’empreinte",
    text: "Qui vérifie une exportation, une facture ou un rapport la compare avec une copie venue d’ailleurs : sur papier, ou lue à voix haute. Elle reste la même tant que vit l’installation.",
  },
  kit: {
    title: "Kit de secours",
    reading: "le kit de secours",
    none: "Il n’y a pas de kit de secours.",
    made: "Créé le {time}.",
    justMade: "Le kit du {time} compte désormais. Faites une sauvegarde, pour qu’une copie s’ouvre avec lui.",
    why: "Un code imprimé qui ouvre toute sauvegarde ultérieure quand cette machine et ses clés ont disparu. Les sauvegardes ne contiennent alors plus la clé maîtresse en clair.",
    renewText:
      "Les sauvegardes faites depuis s’ouvrent avec son code. Un nouveau kit annule ce code pour les sauvegardes à venir ; celles d’avant s’ouvrent toujours avec le code de leur temps.",
    make: "Créer un kit de secours",
    renew: "Créer un nouveau kit",
    printText:
      "Ce code n’est montré qu’une fois. Imprimez la feuille, ou recopiez-la à la main. Rien n’en est gardé ici.",
    print: "Imprimer la feuille",
    onPaper: "Je l’ai sur papier",
    typeText: "Saisissez deux groupes lus sur la feuille. Le kit compte ensuite.",
    group: "Groupe {number}",
    confirm: "Confirmer le kit",
    again: "Montrer encore la feuille",
  },
  sheet: {
    title: "Kit de secours Gatehouse",
    code: "Code de secours, sept groupes",
    what: "Ce code ouvre les sauvegardes de cette installation quand la machine a disparu. Qui l’a, avec une sauvegarde, y lit tout.",
    how: "Installez Gatehouse sur une autre machine, prenez une sauvegarde, et saisissez le code quand cette commande le demande :",
    folder: "SAUVEGARDE",
    keep: "Gardez cette feuille loin de la machine, et pas avec une sauvegarde.",
    fingerprint: "Empreinte de cette installation",
  },
  seams: {
    title: "Redémarrages du journal d’audit",
    reading: "les redémarrages du journal d’audit",
    none: "Le journal d’audit n’a jamais recommencé",
    noneText:
      "Après une sauvegarde restaurée, un autre journal commence. Cela reste visible ici pour toujours.",
    restored: "Restauré le {time} depuis la sauvegarde du {made}",
    found: "Constaté le {time} : la base de données est plus ancienne",
    ended: "Fin du journal {log}",
    begun: "Suite : journal {log}",
    entries: "{count, plural, one {# entrée} other {# entrées}} sous son dernier point de contrôle",
    acknowledged: "Reconnu le {time} : {reason}",
    waiting: "Le propriétaire ne l’a pas encore reconnu.",
    ask: "Ce qui a été journalisé après cette sauvegarde n’est dans aucun des deux journaux. Si vous savez pourquoi cela a été fait, dites-le : les témoins n’acceptent le nouveau journal qu’alors, et la raison reste au journal. Sinon, quelqu’un d’autre l’a restaurée.",
    reason: "Raison",
    reasonHint: "Le disque est tombé en panne",
    acknowledge: "Reconnaître le redémarrage",
  },
  passphrase: {
    title: "Phrase de passe de la clé maîtresse",
    text: "La clé maîtresse se trouve dans le dossier de données, lisible par le seul utilisateur du serveur. Scellée par une phrase de passe, un disque volé n’ouvre rien ; chaque démarrage la demande alors, au terminal, dans un fichier ou par systemd.",
  },
};
