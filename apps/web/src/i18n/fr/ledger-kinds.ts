import type { ledgerKinds as en } from "../en/ledger-kinds.ts";
import type { Same } from "../same.ts";

export const ledgerKinds: Same<typeof en> = {
  installation: {
    created: "Installation mise en place",
    restored: "Installation restaurée depuis une sauvegarde",
  },
  tenant: {
    created: "Organisation créée",
    changed: "Organisation modifiée",
  },
  login: {
    done: "Connexion",
    refused: "Connexion refusée",
    attacked: "Compte attaqué",
  },
  session: {
    ended: "Session terminée",
    stepped_up: "Second facteur donné de nouveau",
    theft_suspected: "Session terminée : son secret a servi deux fois",
  },
  person: {
    signed_up: "Inscription",
    invited: "Personne invitée",
    invitation_revoked: "Invitation retirée",
    imported: "Personnes importées",
    change_requested: "Changement d’adresse ou de numéro demandé",
    erasure_requested: "Effacement demandé",
    erasure_withdrawn: "Demande d’effacement retirée",
    confirmed: "Adresse ou numéro confirmé",
    approved: "Inscription approuvée",
    rejected: "Inscription rejetée",
    changed: "Personne modifiée",
    disabled: "Compte désactivé",
    enabled: "Compte réactivé",
    exported: "Données personnelles exportées",
    erased: "Données personnelles effacées",
  },
  password: {
    changed: "Mot de passe modifié",
    reset: "Mot de passe réinitialisé",
  },
  factor: {
    added: "Second facteur ajouté",
    changed: "Second facteur modifié",
    removed: "Second facteur retiré",
  },
  role: {
    created: "Rôle créé",
    changed: "Rôle modifié",
    removed: "Rôle supprimé",
  },
  permission: {
    granted: "Droit accordé",
    withdrawn: "Droit retiré",
  },
  approval: {
    requested: "Approbation demandée",
    given: "Approbation donnée",
    refused: "Approbation refusée",
    withdrawn: "Demande d’approbation retirée",
  },
  token: {
    created: "Jeton de programme créé",
    revoked: "Jeton de programme révoqué",
  },
  settings: {
    changed: "Réglages modifiés",
  },
  site: {
    created: "Site créé",
    changed: "Site modifié",
    removed: "Site supprimé",
    armed: "Site armé",
    disarmed: "Site désarmé",
  },
  device: {
    created: "Appareil ajouté",
    changed: "Appareil modifié",
    removed: "Appareil supprimé",
    enrolled: "Appareil enrôlé",
    revoked: "Appareil révoqué",
    reinstated: "Appareil réadmis",
    pin_reset: "Suite épinglée d’un appareil réinitialisée",
    topics_changed: "Sujets d’un appareil modifiés",
    assigned: "Appareil affecté à une passerelle",
    commanded: "Commande envoyée",
    configured: "Appareil configuré",
    quarantined: "Appareil mis en quarantaine",
    released: "Appareil sorti de quarantaine",
    relearned: "Les habitudes d’un appareil sont apprises de nouveau",
  },
  credential: {
    created: "Justificatif créé",
    revoked: "Justificatif révoqué",
  },
  claim: {
    created: "Code de rattachement créé",
  },
  enrolment_group: {
    created: "Clé de lot créée",
    closed: "Clé de lot fermée",
  },
  key: {
    rotated: "Clé renouvelée",
    destroyed: "Clé détruite",
  },
  channel_policy: {
    changed: "Règles du canal sécurisé modifiées",
  },
  readings: {
    decided: "Relevés mis à part tranchés",
    exported: "Relevés exportés",
  },
  meter_read: {
    requested: "Relève de compteurs demandée",
    cancelled: "Relève de compteurs annulée",
  },
  rule: {
    created: "Règle créée",
    changed: "Règle modifiée",
    removed: "Règle supprimée",
  },
  alert: {
    handled: "Alerte traitée",
  },
  notification_channel: {
    created: "Canal de notification créé",
    changed: "Canal de notification modifié",
    removed: "Canal de notification supprimé",
    tested: "Canal de notification essayé",
  },
  push_device: {
    added: "Messages push activés dans un navigateur",
    removed: "Messages push désactivés dans un navigateur",
  },
  message: {
    retried: "Message renvoyé",
  },
  board: {
    changed: "Tableau modifié",
  },
  lab: {
    run: "Laboratoire d’attaque exécuté",
  },
  camera: {
    viewed: "Caméra regardée en direct",
    changed: "Réglages d’une caméra modifiés",
    source_changed: "Source d’une caméra modifiée",
  },
  detector: {
    added: "Détecteur ajouté",
    changed: "Détecteur modifié",
    removed: "Détecteur supprimé",
  },
  recording: {
    sealed: "Enregistrement scellé",
    viewed: "Enregistrement regardé",
    exported: "Enregistrement exporté",
    shared: "Enregistrement partagé",
    share_revoked: "Partage d’un enregistrement révoqué",
    policy_changed: "Quantité enregistrée modifiée",
    erased: "Enregistrements effacés",
    paused: "Enregistrement en pause",
    resumed: "Enregistrement repris",
  },
  case: {
    created: "Dossier ouvert",
    changed: "Dossier modifié",
    exported: "Dossier exporté",
    lent: "Dossier prêté",
    lend_revoked: "Prêt d’un dossier terminé",
  },
  clip: {
    fetched: "Enregistrement demandé à la machine d’une caméra",
    verdict: "Verdict sur une séquence",
  },
  offsite: {
    target_created: "Destination de copies ajoutée",
    target_changed: "Destination de copies modifiée",
    target_removed: "Destination de copies supprimée",
    target_tested: "Destination de copies essayée",
    copy_lost: "Copie d’un enregistrement perdue ou modifiée",
    copy_erased: "Copie d’un enregistrement effacé supprimée",
    inbox_created: "Boîte de copies ajoutée",
    inbox_changed: "Boîte de copies modifiée",
    inbox_removed: "Boîte de copies supprimée",
    copy_received: "Copie d’un enregistrement reçue",
    copy_removed: "Copie d’un enregistrement supprimée par son expéditeur",
    restored: "Enregistrements repris des copies",
  },
  demo: {
    changed: "Site de démonstration modifié",
  },
  ledger: {
    begun: "Journal commencé",
    exported: "Journal exporté",
    sealed: "Entrées anciennes scellées",
    seam_acknowledged: "Redémarrage du journal reconnu",
    witness_changed: "Témoin modifié",
    witness_refused: "Un témoin a refusé le journal",
  },
  backup: {
    made: "Sauvegarde faite",
  },
  recovery_kit: {
    made: "Kit de secours créé",
  },
};
