import type { FileData } from "./file-data.ts";
import type { JsonValue } from "./json-value.ts";

/** What every component tells the page. All of it is JSON; null stands for what was not said. */
interface DescriptorBase {
  readonly label: string | null;
  readonly info: string | null;
  readonly visible: boolean;
  /** Whether the visitor can change it; null for what its place suggests: an input yes, an output no. */
  readonly interactive: boolean | null;
}

/** What the page is told of `slider()`. */
export interface SliderDescriptor extends DescriptorBase {
  readonly type: "slider";
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
  /** null for any value in between. */
  readonly step: number | null;
}

/** What the page is told of `number()`. */
export interface NumberDescriptor extends DescriptorBase {
  readonly type: "number";
  readonly value: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly step: number | null;
  /** Digits after the point; null for as many as there are. */
  readonly precision: number | null;
}

/** What the page is told of `textbox()`. */
export interface TextboxDescriptor extends DescriptorBase {
  readonly type: "textbox";
  readonly value: string;
  readonly lines: number;
  readonly maxLines: number;
  readonly placeholder: string | null;
  readonly maxLength: number | null;
  readonly inputType: "text" | "password" | "email";
}

/** What the page is told of `checkbox()`. */
export interface CheckboxDescriptor extends DescriptorBase {
  readonly type: "checkbox";
  readonly value: boolean;
}

/** One of several values to choose from, and the text that stands for it. */
export interface ChoiceDescriptor {
  readonly label: string;
  readonly value: string | number;
}

/** What the page is told of `radio()`. */
export interface RadioDescriptor extends DescriptorBase {
  readonly type: "radio";
  readonly value: string | number | null;
  readonly choices: readonly ChoiceDescriptor[];
}

/** What the page is told of `dropdown()`. */
export interface DropdownDescriptor extends DescriptorBase {
  readonly type: "dropdown";
  readonly value: string | number | null | readonly (string | number)[];
  readonly choices: readonly ChoiceDescriptor[];
  readonly multiselect: boolean;
  readonly maxChoices: number | null;
}

/** What the page is told of `image()`. */
export interface ImageDescriptor extends DescriptorBase {
  readonly type: "image";
  readonly value: FileData | null;
  readonly maxBytes: number;
}

/** What the page is told of `audio()`. */
export interface AudioDescriptor extends DescriptorBase {
  readonly type: "audio";
  readonly value: FileData | null;
  readonly maxBytes: number;
  readonly autoplay: boolean;
}

/** What the page is told of `file()`. */
export interface FileDescriptor extends DescriptorBase {
  readonly type: "file";
  readonly value: FileData | null | readonly FileData[];
  readonly fileCount: "single" | "multiple";
  readonly fileTypes: readonly string[] | null;
  readonly maxBytes: number;
}

/** What the page is told of `html()`. */
export interface HtmlDescriptor extends DescriptorBase {
  readonly type: "html";
  readonly value: string;
}

/** What the page is told of `markdown()`. */
export interface MarkdownDescriptor extends DescriptorBase {
  readonly type: "markdown";
  readonly value: string;
}

/** What the page is told of `json()`. */
export interface JsonDescriptor extends DescriptorBase {
  readonly type: "json";
  readonly value: JsonValue;
}

/** What the page is told of `code()`. */
export interface CodeDescriptor extends DescriptorBase {
  readonly type: "code";
  readonly value: string;
  readonly language: string | null;
  readonly lines: number;
}

/** One message of a conversation. */
export interface ChatMessage {
  readonly role: "user" | "assistant" | "system";
  /** Text, as Markdown, or a picture, sound or document. */
  readonly content: string | FileData;
  /** Stands above the message: the name of a tool that was used. */
  readonly title?: string;
}

/** What the page is told of `chatbot()`. */
export interface ChatbotDescriptor extends DescriptorBase {
  readonly type: "chatbot";
  readonly value: readonly ChatMessage[];
  readonly placeholder: string | null;
}

/** The classes that something was sorted into. */
export interface LabelValue {
  /** The most likely class. */
  readonly label: string;
  /** Every class with its confidence from 0 to 1, the most likely first; empty when only the class is known. */
  readonly confidences: readonly { readonly label: string; readonly confidence: number }[];
}

/** What the page is told of `label()`. */
export interface LabelDescriptor extends DescriptorBase {
  readonly type: "label";
  readonly value: LabelValue | null;
  /** How many classes are shown; null for all. */
  readonly numTopClasses: number | null;
}

/** One picture of a gallery. */
export interface GalleryItem {
  readonly image: FileData;
  readonly caption: string | null;
}

/** What the page is told of `gallery()`. */
export interface GalleryDescriptor extends DescriptorBase {
  readonly type: "gallery";
  readonly value: readonly GalleryItem[];
  readonly columns: number;
}

/** One line, row of bars or cloud of points. */
export interface PlotSeries {
  readonly name?: string;
  /** As long as `y`: numbers, or the names of bars. */
  readonly x: readonly number[] | readonly string[];
  readonly y: readonly number[];
}

/** A diagram as data; the page draws it. */
export interface PlotValue {
  readonly kind: "line" | "bar" | "scatter";
  readonly series: readonly PlotSeries[];
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

/** What the page is told of `plot()`. */
export interface PlotDescriptor extends DescriptorBase {
  readonly type: "plot";
  readonly value: PlotValue | null;
}

/** Something that a session remembers and the page neither shows nor knows. */
export interface StateDescriptor extends DescriptorBase {
  readonly type: "state";
  readonly value: null;
}

/** What the page is told of `button()`. */
export interface ButtonDescriptor extends DescriptorBase {
  readonly type: "button";
  /** How many times it was pressed. */
  readonly value: number;
  readonly variant: "primary" | "secondary" | "stop";
}

/** What the page is told of `element()`. */
export interface ElementDescriptor extends DescriptorBase {
  readonly type: "element";
  readonly value: JsonValue;
  /** The name of the custom element that shows it. */
  readonly tag: string;
  /** What the element is told besides. */
  readonly options: JsonValue;
}

/** What a page needs to know to show a component, as JSON. `value` is what it shows at first. */
export type ComponentDescriptor =
  | SliderDescriptor
  | NumberDescriptor
  | TextboxDescriptor
  | CheckboxDescriptor
  | RadioDescriptor
  | DropdownDescriptor
  | ImageDescriptor
  | AudioDescriptor
  | FileDescriptor
  | HtmlDescriptor
  | MarkdownDescriptor
  | JsonDescriptor
  | CodeDescriptor
  | ChatbotDescriptor
  | LabelDescriptor
  | GalleryDescriptor
  | PlotDescriptor
  | StateDescriptor
  | ButtonDescriptor
  | ElementDescriptor;
