import { type Category, type ElementCode, type PurposeCode, type SourceCode } from '@personr/law';
import { type PageWords } from './page-words.js';

const CATEGORY: Readonly<Record<Category, string>> = {
  A: 'Identificadores',
  B: 'Registros de clientes',
  C: 'Características de clasificaciones protegidas',
  D: 'Información comercial',
  E: 'Información biométrica',
  F: 'Actividad en internet u otras redes electrónicas',
  G: 'Geolocalización',
  H: 'Información de audio, electrónica, visual o similar',
  I: 'Información profesional o laboral',
  J: 'Información educativa',
  K: 'Inferencias para crear un perfil',
  L: 'Información personal sensible',
};

const ELEMENT: Readonly<Record<ElementCode, string>> = {
  FULL_NAME: 'Nombre completo',
  POSTAL_ADDRESS: 'Dirección postal',
  DATE_OF_BIRTH: 'Fecha de nacimiento',
  EMAIL_ADDRESS: 'Correo electrónico',
  PHONE_NUMBER: 'Número de teléfono',
  IP_ADDRESS: 'Dirección IP',
  EXTERNAL_ID: 'Referencia propia de la empresa para la persona',
  SSN: 'Número de seguro social',
  DRIVERS_LICENSE_NUMBER: 'Número de licencia de conducir',
  STATE_ID_NUMBER: 'Número de tarjeta de identificación estatal',
  DOCUMENT_TYPE: 'Documento de identidad: tipo',
  DOCUMENT_COUNTRY: 'Documento de identidad: país emisor',
  DOCUMENT_EXPIRY: 'Documento de identidad: fecha de vencimiento',
  DOCUMENT_NUMBER: 'Documento de identidad: número',
  MRZ: 'Documento de identidad: zona de lectura mecánica',
  BARCODE_CONTENTS: 'Documento de identidad: contenido del código de barras',
  DOCUMENT_SECURITY_FEATURES: 'Documento de identidad: elementos de seguridad',
  SIGNATURE: 'Firma',
  BANK_ACCOUNT_NUMBER: 'Número de cuenta bancaria',
  CARD_HOLDER: 'Tarjeta de pago: titular',
  CARD_EXPIRY: 'Tarjeta de pago: fecha de vencimiento',
  CARD_FIRST_SIX_LAST_FOUR: 'Tarjeta de pago: primeros seis y últimos cuatro dígitos',
  SOURCE_OF_FUNDS: 'Origen de los fondos o del patrimonio',
  AGE_OVER_40: 'Edad, si es mayor de 40',
  CITIZENSHIP: 'Ciudadanía',
  PERSONAL_PROPERTY: 'Registros de bienes personales',
  FACE_TEMPLATE: 'Plantilla facial',
  ACCESS_HISTORY: 'Historial de accesos',
  SERVICE_INTERACTION: 'Interacción con los servicios',
  SELFIE: 'Foto del rostro, selfi',
  VIDEO: 'Grabación de video',
  SOUND: 'Grabación de sonido',
  DOCUMENT_FACE_PICTURE: 'Foto o imagen del rostro en el documento de identidad',
  OCCUPATION: 'Ocupación',
  EMPLOYMENT: 'Información de empleo',
  VACCINATION_CERTIFICATE: 'Datos de certificado de vacunación',
  TEST_CERTIFICATE: 'Datos de certificado de prueba',
  RECOVERY_CERTIFICATE: 'Datos de certificado de recuperación',
  LIVENESS_SCORE: 'Puntuación de prueba de vida',
  MATCH_SCORE: 'Puntuación de coincidencia',
  FRAUD_SCORE: 'Puntuación de fraude',
  LIST_HIT: 'Coincidencia en una lista de control',
  GEOLOCATION: 'Geolocalización',
  EDUCATION_RECORD: 'Registro educativo',
  INFERENCE_PROFILE: 'Perfil basado en inferencias',
};

const SOURCE: Readonly<Record<SourceCode, string>> = {
  CLIENT_OR_AGENT: 'Directamente de nuestros clientes o sus agentes',
  CONSUMER_DIRECT: 'Directamente del consumidor',
  WEBSITE: 'De la interacción con nuestros sitios web',
  DATA_PROVIDER: 'Bases de datos de proveedores de datos',
};

const PURPOSE: Readonly<Record<PurposeCode, string>> = {
  IDENTITY_VERIFICATION: 'Verificar la identidad de los usuarios',
  AML_CFT_COMPLIANCE: 'Prevención del lavado de dinero u otro cumplimiento legal del cliente',
  CLIENT_DUE_DILIGENCE: 'Debida diligencia interna del cliente',
  SECURITY_AND_FRAUD: 'Incidentes de seguridad, fraude, actividad ilegal',
  LEGAL_OBLIGATION: 'Deber legal, orden, reclamación',
  INFORMATION_REQUEST: 'Responder a un chat o formulario de contacto',
  FORM_REQUEST: 'Responder a un formulario de solicitud',
  COMPLIANCE_MAIL: 'Correos sobre cumplimiento, con consentimiento',
  CANDIDATE_EVALUATION: 'Evaluar a un candidato y contactarle',
  CLIENT_RELATIONSHIP: 'Contrato, debida diligencia del cliente, prestación del servicio',
  CUSTOMER_ACCOUNT: 'Crear y operar una cuenta, prestar servicio, facturar',
  DEMONSTRATION: 'Demostrar la verificación facial y de identidad',
  WEBSITE_PREFERENCES: 'Recordar preferencias e inicio de sesión',
  WEBSITE_CONTENT: 'Personalizar contenido',
  WEBSITE_ADVERTISING: 'Personalizar publicidad',
  WEBSITE_FRAUD_PREVENTION: 'Combatir el fraude en el sitio web',
  WEBSITE_ANALYTICS: 'Analizar el uso del sitio web',
};

const wordOf = (table: Readonly<Record<string, string>>, code: string): string => table[code] ?? code;

/** The page in Spanish. */
export const SPANISH: PageWords = {
  language: 'es',
  other: { language: 'en', path: 'index.html', text: 'In English' },
  title: 'Su información personal',
  intro: {
    pieces:
      'Esta es la información personal que se conserva sobre usted, de dónde proviene y para qué se usa.',
    categories: 'Estas son las categorías de información personal que se conservan sobre usted.',
  },
  notice: {
    IDENTITY_NOT_VERIFIED:
      'Su identidad no se pudo verificar en el grado que la ley exige para mostrar los valores. Por eso no se muestran aquí.',
  },
  toContent: 'Ir al contenido',
  period: (from, to) =>
    from === null
      ? `Todo lo que se conservaba el ${to}.`
      : `Recopilado desde el ${from} y conservado el ${to}.`,
  headings: {
    categories: 'Categorías de información personal recopilada',
    withheld: 'Se conserva, pero no se muestra',
    recipients: 'Divulgado con un fin comercial en los últimos 12 meses',
    sold: 'Vendido o compartido',
    values: 'Lo que se conserva',
    documents: 'Documentos',
    consents: 'Lo que usted aceptó',
    derived: 'Resultados de tratamiento automatizado',
  },
  columns: {
    category: 'Categoría',
    elements: 'Qué',
    sources: 'De dónde',
    purposes: 'Para qué',
    recipients: 'Divulgado a',
    element: 'Qué',
    why: 'Por qué no se muestra',
    law: 'Ley',
    count: 'Cuántos',
    value: 'Valor',
    source: 'De dónde',
    purpose: 'Para qué',
    collected: 'Recopilado',
    file: 'Archivo',
    type: 'Tipo',
    bytes: 'Tamaño',
    policy: 'Política y versión',
    given: 'Dado',
    withdrawn: 'Retirado',
  },
  none: 'Nada.',
  nobody: 'Nadie',
  neverSold: 'Nada. Su información personal no se vendió ni se compartió para publicidad.',
  withheldIntro: 'También se conserva lo siguiente sobre usted. No se muestra, por la razón indicada.',
  why: {
    NEVER_DISCLOSED: 'La ley prohíbe enviarlo a nadie, para que nadie pueda hacer mal uso de ello.',
    SECURITY_DATA: 'Se generó para proteger contra el fraude y mantener seguro el servicio.',
    DECIDED_BY_BUSINESS: 'La empresa con la que usted trata decide si se entrega.',
    NOT_MASKED:
      'Puede mostrar números que la ley prohíbe enviar y no se pudieron encontrar y cubrir con certeza.',
    HOLDS_A_FORBIDDEN_VALUE: 'Contiene un número que la ley prohíbe enviar.',
    KEPT_FOR_A_GROUND:
      'Debía borrarse. La ley permite conservarlo para un solo fin, y hasta entonces no se usa para nada más.',
  },
  category: (code) => CATEGORY[code],
  element: (code) => ELEMENT[code],
  source: (code) => wordOf(SOURCE, code),
  purpose: (code) => wordOf(PURPOSE, code),
};
